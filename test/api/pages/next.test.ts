import { expect } from 'chai';
import { buildApp, makeUser } from '../../support/app.js';
import { Browser } from '../../support/browser.js';
import { NEXT_TRICKS } from '../../attacks/next_tricks.js';

describe('V3.7.2 the page after login', () => {
  for (const trick of NEXT_TRICKS.filter((one) => one.isWellFormed())) {
    it(`is the start page for ${JSON.stringify(trick).slice(0, 60)}`, async () => {
      const browser = new Browser(buildApp({ authType: 'session_auth' }));
      const user = await makeUser();
      const query = `next=${encodeURIComponent(trick)}`;
      await browser.open(`/login?${query}`);

      expect((await browser.logIn(user)).get('Location')).to.equal('/');
      expect((await browser.open(`/login?${query}`)).get('Location'), 'logged in already').to.equal('/');
      expect((await browser.open(`/confirm?${query}`)).get('Location'), 'confirmed already').to.equal('/');
    });
  }

  it('is the start page for a next given twice', async () => {
    const browser = new Browser(buildApp({ authType: 'session_auth' }));
    await browser.open('/login?next=/profile&next=//evil.example');

    expect((await browser.logIn(await makeUser())).get('Location')).to.equal('/');
  });

  it('cannot be told by the form', async () => {
    const browser = new Browser(buildApp({ authType: 'session_auth' }));

    const response = await browser.logIn(await makeUser(), { next: '//evil.example' });

    expect(response.get('Location')).to.equal('/');
  });
});

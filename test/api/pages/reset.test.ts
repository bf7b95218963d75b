import { expect } from 'chai';
import { buildApp, makeUser } from '../../support/app.js';
import { Browser } from '../../support/browser.js';
import { readable, tagsOf } from '../../support/html.js';
import { expectRefusal } from '../../support/refusal.js';

const GOOD = 'another staple battery';

describe('a refused reset', () => {
  it('says that a token is used up, shows it, and takes another', async () => {
    const app = buildApp({ authType: 'session_auth' });
    const browser = new Browser(app);
    const user = await makeUser();
    const path = `/reset?token=${await user.startReset()}`;
    const first = browser.fieldsFor((await browser.open(path)).text, '/reset');
    expect((await browser.submit('/reset', { ...first, new_password: GOOD })).get('Location')).to.equal(
      '/login',
    );
    expect(readable((await browser.open('/login')).text)).to.include('Your new password is set.');

    const again = await browser.submit('/reset', { ...first, new_password: GOOD });

    const problem = 'This token was used, has expired or never was. Ask an administrator for a new one';
    const field = expectRefusal(again, { status: 410, field: 'token', problem });
    expect([field.get('type'), field.get('value')]).to.deep.equal(['text', first['token']]);
    const other = await user.startReset();
    const form = browser.fieldsFor(again.text, '/reset');
    expect((await browser.submit('/reset', { ...form, token: other, new_password: GOOD })).status).to.equal(
      303,
    );
  });

  it('keeps the token out of sight, and in the form, when the password is refused', async () => {
    const browser = new Browser(buildApp({ authType: 'session_auth' }));
    const token = await (await makeUser()).startReset();
    const form = browser.fieldsFor((await browser.open(`/reset?token=${token}`)).text, '/reset');

    const response = await browser.submit('/reset', { ...form, new_password: 'short' });

    expectRefusal(response, {
      status: 400,
      field: 'new_password',
      problem: 'The password must have at least 8 characters',
    });
    expect(
      tagsOf(response.text, 'input')
        .find((one) => one.get('name') === 'token')
        ?.get('type'),
    ).to.equal('hidden');
    expect(
      (await browser.submit('/reset', { ...browser.fieldsFor(response.text, '/reset'), new_password: GOOD }))
        .status,
    ).to.equal(303);
  });

  it('asks for the token when the address has none', async () => {
    const browser = new Browser(buildApp({ authType: 'session_auth' }));

    expectRefusal(await browser.fill('/reset', { new_password: GOOD }), {
      status: 400,
      field: 'token',
      problem: 'Enter the token',
    });
    for (const query of ['?token=a&token=b', '?token', '?token=']) {
      const input = tagsOf((await browser.open(`/reset${query}`)).text, 'input').find(
        (one) => one.get('name') === 'token',
      );
      expect([input?.get('type'), input?.get('value')], query).to.deep.equal(['text', '']);
    }
  });

  it('V16.2.5, V14.2.1 leaves no token in a log, in the trail, in a cookie or in a Referer', async () => {
    const app = buildApp({ authType: 'session_auth', env: { LOG_LEVEL: 'trace' } });
    const browser = new Browser(app);
    const token = await (await makeUser()).startReset();

    const page = await browser.open(`/reset?token=${token}`);
    const form = browser.fieldsFor(page.text, '/reset');
    await browser.submit('/reset', { ...form, new_password: 'short' });
    await browser.submit('/reset', { ...form, new_password: GOOD });

    expect(page.get('Referrer-Policy')).to.equal('strict-origin');
    expect(JSON.stringify([app.lines, app.events, browser.cookies])).not.to.include(token);
    expect(app.lines.length).to.be.above(2);
  });
});

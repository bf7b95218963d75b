import { expect } from 'chai';
import { buildApp, makeUser, SETTINGS } from '../../support/app.js';
import { Browser } from '../../support/browser.js';
import { NASTY } from '../../support/page_list.js';

for (const authType of SETTINGS) {
  describe(`the visitor cookie around a login under ${authType ?? 'no scheme'}`, () => {
    it('says nothing of who is logged in, and is another one afterwards', async () => {
      const app = buildApp({ authType });
      const browser = new Browser(app);
      const user = await makeUser(NASTY);
      await browser.open('/login?next=/activity');
      const before = browser.cookie('visitor') ?? '';

      await browser.logIn(user);

      const after = browser.cookie('visitor') ?? '';
      const [old, now] = [before, after].map((value) =>
        JSON.parse(Buffer.from(value.split('.')[0] ?? '', 'base64url').toString()),
      );
      expect(Object.keys(old).toSorted()).to.deep.equal(['_expire', '_maxAge', 'csrf', 'next']);
      expect(Object.keys(now).toSorted()).to.deep.equal(['_expire', '_maxAge', 'csrf']);
      expect(now.csrf)
        .to.match(/^[\w-]{22}$/)
        .and.not.equal(old.csrf);
      await browser.fill('/profile', { do: 'names', first_name: 'Ann' });
      const held = Buffer.from((browser.cookie('visitor') ?? '').split('.')[0] ?? '', 'base64url').toString();
      expect(held).to.include('names_saved');
      for (const word of [user.id, 'Ann', 'example.org', browser.cookie() ?? ''])
        expect(held).not.to.include(word);
    });

    it('opens nothing to whoever knew it before', async () => {
      const app = buildApp({ authType });
      const browser = new Browser(app);
      const user = await makeUser();
      const { text } = await browser.open('/login');
      const spy = new Browser(app).take(browser.cookie('visitor') ?? '', 'visitor');
      await browser.logIn(user);

      const token = browser.fieldsFor(text, '/login')['_csrf'] ?? '';
      const forged = await browser.submit('/profile', { do: 'names', first_name: 'Eve', _csrf: token });

      expect(forged.status).to.equal(403);
      expect((await spy.open('/profile')).get('Location')).to.equal('/login?next=/profile');
    });
  });
}

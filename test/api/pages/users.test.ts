import { expect } from 'chai';
import { User } from '../../../models/user.js';
import { UserSession } from '../../../models/user_session.js';
import { buildApp, makeUser, PASSWORD, SETTINGS, type TestApp } from '../../support/app.js';
import { Browser } from '../../support/browser.js';
import { readable, tagsOf, titleOf } from '../../support/html.js';

for (const authType of SETTINGS) {
  describe(`the pages for admins under ${authType ?? 'no scheme'}`, () => {
    let app: TestApp;
    let admin: User;
    let bob: User;
    let browser: Browser;
    beforeEach(async () => {
      app = buildApp({ authType });
      admin = await makeUser({ role: 'admin' });
      bob = await makeUser({ email: 'bob@example.org', first_name: 'Bob' });
      browser = new Browser(app);
      await browser.logIn(admin);
    });

    it('V8.2.1 are for admins alone', async () => {
      const somebody = new Browser(app);
      await somebody.logIn(bob);
      for (const path of ['/users', `/users/${bob.id}`, `/users/${admin.id}`, '/users/nobody']) {
        expect((await somebody.open(path)).status, path).to.equal(403);
        expect((await new Browser(app).open(path)).get('Location'), path).to.equal(`/login?next=${path}`);
      }
      const { _csrf: token } = somebody.fieldsFor((await somebody.open('/')).text, '/logout');
      const post = await somebody.submit(`/users/${bob.id}`, { _csrf: token ?? '', do: 'make_admin' });
      expect([post.status, (await User.get(bob.id))?.role]).to.deep.equal([403, 'user']);
      expect(readable((await somebody.open('/profile')).text)).not.to.include('Users');
    });

    it('list everybody and lead to each', async () => {
      const page = await browser.open('/users');

      expect(readable(page.text)).to.match(/Admin .*bob@example\.org Name Bob Registered/);
      const links = tagsOf(page.text, 'a').map((link) => link.get('href'));
      expect(links).to.include.members([`/users/${admin.id}`, `/users/${bob.id}`]);
    });

    it('disable an account, which ends its sessions, and enable it again', async () => {
      const somebody = new Browser(app);
      await somebody.logIn(bob);

      const disabled = await browser.fill(`/users/${bob.id}`, { do: 'disable' });

      expect([disabled.status, disabled.get('Location')]).to.deep.equal([303, `/users/${bob.id}`]);
      expect(readable((await browser.open(`/users/${bob.id}`)).text)).to.match(
        /The account is changed\..*Disabled/,
      );
      expect((await somebody.open('/profile')).status).to.equal(303);
      expect((await somebody.logIn(bob)).status).to.equal(401);

      await browser.fill(`/users/${bob.id}`, { do: 'enable' });
      expect((await somebody.logIn(bob)).status).to.equal(303);
      expect(
        app.events.filter(({ event }) => event === 'admin').map(({ user, actor }) => [user, actor]),
      ).to.deep.equal([
        [bob.id, admin.id],
        [bob.id, admin.id],
      ]);
    });

    it('make an admin, and no admin any more', async () => {
      await browser.fill(`/users/${bob.id}`, { do: 'make_admin' });
      expect((await User.get(bob.id))?.role).to.equal('admin');
      await browser.fill(`/users/${bob.id}`, { do: 'make_user' });
      expect((await User.get(bob.id))?.role).to.equal('user');
    });

    it('V7.4.5 end the sessions of a user', async () => {
      const somebody = new Browser(app);
      await somebody.logIn(bob);
      expect(readable((await browser.open(`/users/${bob.id}`)).text)).to.include('Unknown device Last seen');

      await browser.fill(`/users/${bob.id}`, { do: 'end_sessions' });

      expect(await UserSession.search({ user_id: bob.id })).to.deep.equal([]);
      expect(readable((await browser.open(`/users/${bob.id}`)).text)).to.include('Logged in nowhere.');
    });

    it("keep one's own session when ending one's own sessions", async () => {
      await new Browser(app).logIn(admin);

      await browser.fill(`/users/${admin.id}`, { do: 'end_sessions' });

      const page = await browser.open(`/users/${admin.id}`);
      expect(page.status).to.equal(200);
      expect(readable(page.text)).to.include('This device');
      expect(await UserSession.search({ user_id: admin.id })).to.have.length(1);
    });

    it('keep the last admin, and say so', async () => {
      for (const what of ['make_user', 'disable']) {
        const response = await browser.fill(`/users/${admin.id}`, { do: what });

        expect(response.status, what).to.equal(409);
        expect(titleOf(response.text)).to.equal('Error: User – Gatehouse');
        expect(readable(response.text)).to.include('The last administrator must stay one');
      }
    });

    it('send somebody who is no admin any more to the start page', async () => {
      await browser.fill(`/users/${bob.id}`, { do: 'make_admin' });

      const response = await browser.fill(`/users/${admin.id}`, { do: 'make_user' });

      expect([response.status, response.get('Location')]).to.deep.equal([303, '/']);
      expect((await browser.open('/users')).status).to.equal(403);
    });

    it('V7.5.1 ask for the password again after a while, and come back', async () => {
      const form = browser.fieldsFor((await browser.open(`/users/${bob.id}`)).text, `/users/${bob.id}`);
      app.clock.advance(app.config.freshSeconds + 1);

      const late = await browser.submit(`/users/${bob.id}`, { ...form, do: 'disable' });
      expect([late.status, late.get('Location')]).to.deep.equal([303, `/confirm?next=/users/${bob.id}`]);
      expect((await User.get(bob.id))?.disabled).to.equal(false);
      expect((await browser.open('/users?after=x')).get('Location')).to.equal(
        '/confirm?next=/users%3Fafter%3Dx',
      );

      const page = await browser.open(`/confirm?next=/users/${bob.id}`);
      expect(readable(page.text)).to.include('Confirm your password, then do it again.');
      const before = browser.cookie();
      const wrong = await browser.fill('/confirm', { password: 'wrong' });
      expect([wrong.status, titleOf(wrong.text)]).to.deep.equal([
        403,
        'Error: Confirm that it is you – Gatehouse',
      ]);
      const right = await browser.fill('/confirm', { password: PASSWORD });
      expect([right.status, right.get('Location')]).to.deep.equal([303, `/users/${bob.id}`]);
      expect(browser.cookie(), 'V7.2.4').not.to.equal(before);
      expect((await browser.submit(`/users/${bob.id}`, { ...form, do: 'disable' })).status).to.equal(303);
      expect((await User.get(bob.id))?.disabled).to.equal(true);
    });

    it('are 404 for users that there are not, and 400 for what no button asks for', async () => {
      const form = browser.fieldsFor((await browser.open(`/users/${bob.id}`)).text, `/users/${bob.id}`);

      for (const id of ['nobody', '__proto__', '%2e%2e', 'me'])
        expect((await browser.open(`/users/${id}`)).status, id).to.equal(404);
      expect((await browser.submit('/users/nobody', { ...form, do: 'disable' })).status).to.equal(404);
      for (const what of ['', 'constructor', 'disabled'])
        expect((await browser.submit(`/users/${bob.id}`, { ...form, do: what })).status, what).to.equal(400);
      await bob.remove();
      expect((await browser.submit(`/users/${bob.id}`, { ...form, do: 'disable' })).status, 'gone').to.equal(
        404,
      );
    });
  });
}

describe('the list of users', () => {
  it('goes on over pages, once each', async () => {
    const app = buildApp({ authType: 'session_auth' });
    const browser = new Browser(app);
    const admin = await makeUser({ role: 'admin' });
    await browser.logIn(admin);
    for (let count = 0; count < 54; count += 1) await makeUser();
    const seen: string[] = [];

    let path: string | undefined = '/users';
    while (path !== undefined) {
      const { text } = await browser.open(path);
      seen.push(...[...text.matchAll(/href="\/users\/([\da-f-]{36})"/g)].map(([, id = '']) => id));
      path = /href="(\/users\?after=[^"]*)"/.exec(text)?.[1];
    }

    expect(seen).to.deep.equal((await User.all()).map(({ id }) => id));
    expect((await browser.open('/users?after=nobody')).status).to.equal(400);
    expect((await browser.open('/users?after=a&after=b')).status).to.equal(400);
  });

  it('has admins add users when registration is closed', async () => {
    const app = buildApp({ authType: 'session_auth', env: { REGISTRATION: 'closed' } });
    const browser = new Browser(app);
    await browser.logIn(await makeUser({ role: 'admin' }));

    const added = await browser.fill('/register', {
      email: 'new@example.org',
      password: 'another staple battery',
    });

    expect([added.status, added.get('Location')]).to.deep.equal([303, '/users']);
    expect(readable((await browser.open('/users')).text)).to.match(
      /The account is ready\..*new@example\.org/,
    );
    const nobody = await new Browser(app).submit('/register', { email: 'x@example.org', password: 'x' });
    expect(nobody.status).to.equal(403);
  });
});

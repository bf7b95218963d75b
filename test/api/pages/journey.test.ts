import { expect } from 'chai';
import type { Response } from 'supertest';
import { User } from '../../../models/user.js';
import { UserSession } from '../../../models/user_session.js';
import { buildApp, makeUser, PASSWORD, SETTINGS, type TestApp } from '../../support/app.js';
import { Browser } from '../../support/browser.js';
import { formsOf, readable, titleOf } from '../../support/html.js';

/** Where a browser is sent, which it must ask for with GET. */
function sentTo(response: Response): string | undefined {
  expect(response.status).to.equal(303);
  return response.get('Location');
}

for (const authType of SETTINGS) {
  describe(`the pages under ${authType ?? 'no scheme'}`, () => {
    let app: TestApp;
    let browser: Browser;
    beforeEach(() => {
      app = buildApp({ authType });
      browser = new Browser(app);
    });

    it('take somebody from the start page through register and login to the profile and out again', async () => {
      const start = await browser.open('/');
      expect(start.type).to.equal('text/html');
      expect(readable(start.text))
        .to.match(/Login Register/)
        .and.not.match(/My Profile|Log out/);

      const registered = await browser.fill('/register', {
        email: 'ann@example.org',
        password: PASSWORD,
        first_name: 'Ann',
      });
      expect(sentTo(registered)).to.equal('/login');
      const login = await browser.open('/login');
      expect(readable(login.text)).to.include('Your account is ready');
      expect(await UserSession.count(), 'registering starts no session').to.equal(0);

      const user = await User.findByEmail('ann@example.org');
      expect(sentTo(await browser.logIn(user as User))).to.equal('/');
      const home = await browser.open('/');
      expect(readable(home.text)).to.match(/My Profile Log out.*Hello, \u2068Ann\u2069/);
      expect(readable(home.text)).not.to.match(/\bLogin\b|\bRegister\b/);
      const profile = await browser.open('/profile');
      expect(titleOf(profile.text)).to.equal('My Profile – Gatehouse');
      expect(readable(profile.text)).to.include('ann@example.org');

      expect(sentTo(await browser.logOut())).to.equal('/');
      const after = await browser.open('/');
      expect(readable(after.text)).to.match(/Login Register You are logged out\./);
      expect(sentTo(await browser.open('/profile'))).to.equal('/login?next=/profile');
      expect(app.events.map(({ event }) => event)).to.deep.equal(['register', 'login', 'logout']);
    });

    it('show their notices once', async () => {
      const user = await makeUser();
      await browser.logIn(user);
      await browser.logOut();

      expect(readable((await browser.open('/')).text)).to.include('You are logged out.');
      expect(readable((await browser.open('/')).text)).not.to.include('You are logged out.');
    });

    it('come back to the page that was refused', async () => {
      const user = await makeUser();

      expect(sentTo(await browser.open('/activity?before=x'))).to.equal('/login?next=/activity%3Fbefore%3Dx');
      await browser.open('/login?next=/activity%3Fbefore%3Dx');
      await browser.open('/register');
      expect((await browser.fill('/login', { email: 'x', password: 'y' })).status).to.equal(401);
      expect(sentTo(await browser.logIn(user))).to.equal('/activity?before=x');

      await browser.logOut();
      expect(sentTo(await browser.logIn(user)), 'only once').to.equal('/');
    });

    it('send somebody who is logged in away from the login page', async () => {
      await browser.logIn(await makeUser());

      expect(sentTo(await browser.open('/login'))).to.equal('/');
      expect(sentTo(await browser.open('/login?next=/sessions'))).to.equal('/sessions');
      expect(sentTo(await browser.open('/register'))).to.equal('/');
    });

    it('change names, and back to none', async () => {
      const user = await makeUser({ first_name: 'Old', last_name: 'Name' });
      await browser.logIn(user);

      const saved = await browser.fill('/profile', { do: 'names', first_name: 'Zoë', last_name: '' });

      expect(sentTo(saved)).to.equal('/profile');
      expect((await User.get(user.id))?.toJSON()).to.include({ first_name: 'Zoë', last_name: null });
      const page = await browser.open('/profile');
      expect(readable(page.text)).to.include('Your name is saved.');
      expect(browser.fieldsFor(page.text, '/profile', 'names')).to.include({ first_name: 'Zoë' });
    });

    it('V7.4.3 change the password, which ends the other sessions and keeps this one', async () => {
      const user = await makeUser();
      const other = new Browser(app);
      await other.logIn(user);
      await browser.logIn(user);
      const before = browser.cookie();

      const changed = await browser.fill('/profile', {
        do: 'password',
        current_password: PASSWORD,
        new_password: 'another staple battery',
      });

      expect(sentTo(changed)).to.equal('/profile');
      expect(browser.cookie()).to.be.a('string').and.not.equal(before);
      expect(readable((await browser.open('/profile')).text)).to.include('Your password is changed.');
      expect(sentTo(await other.open('/profile'))).to.equal('/login?next=/profile');
      const again = { email: user.email ?? '', password: 'another staple battery' };
      expect(sentTo(await new Browser(app).fill('/login', again))).to.equal('/');
    });

    it('delete the account with its password', async () => {
      const user = await makeUser();
      await browser.logIn(user);

      const deleted = await browser.fill('/profile', { do: 'delete', password: PASSWORD });

      expect(sentTo(deleted)).to.equal('/');
      expect(browser.cookie(), 'the session cookie').to.equal(undefined);
      expect([await User.count(), await UserSession.count()]).to.deep.equal([0, 0]);
      expect(readable((await browser.open('/')).text)).to.match(/Login Register Your account is deleted\./);
    });

    it('remember a device for 30 days when asked to', async () => {
      const user = await makeUser();
      const login = await browser.logIn(user, { remember: 'on' });
      const cookies = login.get('Set-Cookie')?.filter((cookie) => cookie.includes('Max-Age=2592000')) ?? [];

      expect(cookies.map((cookie) => cookie.split('=')[0])).to.deep.equal([app.config.sessionName]);
      expect(browser.cookie('device'), 'the throttle knows it').to.be.a('string');
      app.clock.advance(2_592_000);
      expect((await browser.open('/profile')).status).to.equal(200);
    });

    it('take a double submit and the back button without harm', async () => {
      const user = await makeUser();
      const form = browser.fieldsFor((await browser.open('/login')).text, '/login');
      await browser.logIn(user);
      const logout = browser.fieldsFor((await browser.open('/')).text, '/logout');

      const back = await browser.submit('/login', { ...form, email: user.email ?? '', password: PASSWORD });
      expect([back.status, await UserSession.count()], 'the form from before the login').to.deep.equal([
        403, 1,
      ]);
      expect(sentTo(await browser.submit('/logout', logout))).to.equal('/');
      expect(sentTo(await browser.submit('/logout', logout))).to.equal('/');
      expect(app.events.filter(({ event }) => event === 'logout')).to.have.length(1);
    });

    it('ask for a login again, and lose nothing but what was sent, when the session ended meanwhile', async () => {
      const user = await makeUser({ first_name: 'Ann' });
      await browser.logIn(user);
      const form = browser.fieldsFor((await browser.open('/profile')).text, '/profile', 'names');
      await UserSession.removeAllOf(user.id);

      const late = await browser.submit('/profile', { ...form, do: 'names', first_name: 'Eve' });

      expect(sentTo(late)).to.equal('/login?next=/profile');
      const login = await browser.open('/login?next=/profile');
      expect(readable(login.text)).to.include('Please log in first. Nothing was changed.');
      expect((await User.get(user.id))?.first_name).to.equal('Ann');
      expect(sentTo(await browser.logIn(user))).to.equal('/profile');
    });

    it('answer HEAD as GET, with and without a final slash', async () => {
      await browser.logIn(await makeUser());
      for (const path of ['/', '/profile', '/sessions/', '/activity', '/reset/']) {
        const response = await app.request().head(path).set('Cookie', browser.cookies);

        expect([response.status, response.type, response.text], path).to.deep.equal([
          200,
          'text/html',
          undefined,
        ]);
      }
    });
  });
}

describe('the start page', () => {
  it('is HTML for curl too, without a cookie', async () => {
    const app = buildApp({ authType: 'session_auth' });

    const response = await app.request().get('/').set('Accept', '*/*');

    expect([response.status, response.type]).to.deep.equal([200, 'text/html']);
    expect(response.get('Set-Cookie')).to.equal(undefined);
  });

  it('forgets where somebody wanted to go who starts again', async () => {
    const browser = new Browser(buildApp({ authType: 'session_auth' }));
    await browser.open('/login?next=/sessions');
    await browser.open('/');

    expect((await browser.logIn(await makeUser())).get('Location')).to.equal('/');
  });

  it('leaves registration out when it is closed', async () => {
    const app = buildApp({ authType: 'session_auth', env: { REGISTRATION: 'closed' } });
    const browser = new Browser(app);

    expect((await browser.open('/')).text).not.to.include('/register');
    expect((await browser.open('/login')).text).not.to.include('/register');
    const page = await browser.open('/register');
    expect(page.status).to.equal(403);
    expect(readable(page.text)).to.include('Only administrators can create accounts here');
    expect(formsOf(page.text)).to.deep.equal([]);
  });
});

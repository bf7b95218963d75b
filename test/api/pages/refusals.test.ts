import { expect } from 'chai';
import { User } from '../../../models/user.js';
import { UserSession } from '../../../models/user_session.js';
import { buildApp, makeUser, PASSWORD, type TestApp } from '../../support/app.js';
import { Browser, type Fields } from '../../support/browser.js';
import { readable, tagsOf, titleOf } from '../../support/html.js';
import { expectNoPassword, expectRefusal } from '../../support/refusal.js';

const GOOD = 'another staple battery';

describe('a refused registration', () => {
  let app: TestApp;
  let browser: Browser;
  beforeEach(() => {
    app = buildApp({ authType: 'session_auth' });
    browser = new Browser(app);
  });

  const CASES: readonly (readonly [what: string, typed: Fields, field: string, problem: string])[] = [
    ['no email', { email: '' }, 'email', 'Enter your email'],
    ['no password', { password: '' }, 'password', 'Enter your password'],
    ['no address', { email: 'bob' }, 'email', 'Enter an email address such as name@example.org'],
    [
      'an email too long',
      { email: `${'a'.repeat(255)}@example.org` },
      'email',
      'The email may have 254 characters at most',
    ],
    ['a short password', { password: 'zebra 7' }, 'password', 'The password must have at least 8 characters'],
    [
      'an endless password',
      { password: 'x'.repeat(1025) },
      'password',
      'The password may have 1024 bytes at most',
    ],
    [
      'a common password',
      { password: 'password1' },
      'password',
      'This password is one of the first that anybody would guess',
    ],
    [
      'the email as password',
      { password: 'I am bobby today' },
      'password',
      'The password must not contain the name in your email',
    ],
    [
      'the service as password',
      { password: 'my gatehouse' },
      'password',
      'The password must not contain the name of this service',
    ],
    [
      'the host as password',
      { password: 'at 127.0.0.1 again' },
      'password',
      'The password must not contain the name of this server',
    ],
  ];
  for (const [what, typed, field, problem] of CASES) {
    it(`says what is wrong with ${what}, and keeps what was typed`, async () => {
      const sent = {
        email: 'bobby@example.org',
        password: GOOD,
        first_name: 'Bob "x" <y>',
        last_name: 'B',
        ...typed,
      };

      const response = await browser.fill('/register', sent);

      expectRefusal(response, { status: 400, field, problem });
      const form = browser.fieldsFor(response.text, '/register');
      expect(form).to.include({ email: sent.email, first_name: sent.first_name, last_name: 'B' });
      expectNoPassword(response.text, GOOD);
      expect(await User.count()).to.equal(0);
      const again = await browser.submit('/register', {
        ...form,
        email: 'bobby@example.org',
        password: GOOD,
      });
      expect(again.status, 'the page that was answered can be sent').to.equal(303);
    });
  }

  it('names every empty field at once', async () => {
    const response = await browser.fill('/register');

    expectRefusal(response, { status: 400, field: 'email', problem: 'Enter your email' });
    expectRefusal(response, { status: 400, field: 'password', problem: 'Enter your password' });
    expect(readable(response.text)).to.include('There are 2 problems');
  });

  it('says that an email is taken, also by a double submit', async () => {
    const typed = { email: 'Bob@example.org', password: GOOD };
    await browser.fill('/register', typed);

    const response = await browser.fill('/register', { ...typed, email: 'bob@EXAMPLE.org' });

    expectRefusal(response, { status: 409, field: 'email', problem: 'This email is registered already' });
    expect(await User.count()).to.equal(1);
  });
});

describe('a refused login', () => {
  it('V6.3.8 says the same of an unknown email, a wrong password and a disabled account', async () => {
    const app = buildApp({ authType: 'session_auth' });
    const known = await makeUser({ email: 'ann@example.org' });
    await makeUser({ email: 'bob@example.org', disabled: true });

    for (const [email, password] of [
      ['eve@example.org', PASSWORD],
      [known.email ?? '', 'not her password'],
      ['bob@example.org', PASSWORD],
    ] as const) {
      const browser = new Browser(app);
      const response = await browser.fill('/login', { email, password, remember: 'on' });

      expectRefusal(response, { status: 401, field: 'password', problem: 'Email or password is wrong' });
      expect(browser.fieldsFor(response.text, '/login')).to.include({ email });
      expect(
        tagsOf(response.text, 'input')
          .find((one) => one.get('id') === 'remember')
          ?.has('checked'),
      ).to.equal(true);
      expectNoPassword(response.text, password);
      expect(browser.cookie()).to.equal(undefined);
    }
    expect(await UserSession.count()).to.equal(0);
    expect(app.events.map(({ event }) => event)).to.deep.equal(['failure', 'failure', 'failure']);
  });

  it('opens no window of the browser under basic_auth', async () => {
    const browser = new Browser(buildApp({ authType: 'basic_auth' }));

    const response = await browser.fill('/login', { email: 'a@b.org', password: 'x' });

    expect([response.status, response.get('WWW-Authenticate')]).to.deep.equal([401, undefined]);
  });

  it('V6.3.1 says how long to wait after too many', async () => {
    const app = buildApp({ authType: 'session_auth' });
    const browser = new Browser(app);
    const { email } = await makeUser();
    let response = await browser.fill('/login', { email: email ?? '', password: 'wrong' });
    for (let tries = 0; response.status === 401 && tries < 200; tries += 1)
      response = await browser.fill('/login', { email: email ?? '', password: 'wrong' });

    expect(response.status).to.equal(429);
    const seconds = Number(response.get('Retry-After'));
    expect(seconds).to.be.at.least(1);
    expect(readable(response.text)).to.match(/Too many attempts\. Try again in \d+ (?:seconds?|minutes)/);
    expect(titleOf(response.text)).to.equal('Error: Log in – Gatehouse');
    expect(browser.fieldsFor(response.text, '/login')).to.include({ email });
  });
});

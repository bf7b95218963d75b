import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { expect } from 'chai';
import type { Response } from 'supertest';
import { User } from '../../../models/user.js';
import { UserSession } from '../../../models/user_session.js';
import { buildApp, makeUser, PASSWORD, type TestApp } from '../../support/app.js';
import { Browser, type Fields } from '../../support/browser.js';
import { SlowHasher } from '../../support/slow_hasher.js';
import { turns, until } from '../../support/until.js';

const NEW_PASSWORD = 'another staple battery';

/** Opens a page, fills in its form, and sends it twice before it is answered. */
async function doubleClick(browser: Browser, path: string, typed: Fields): Promise<readonly Response[]> {
  const { text } = await browser.open(path);
  const fields = { ...browser.fieldsFor(text, path, typed['do']), ...typed };
  return Promise.all([browser.submit(path, fields), browser.submit(path, fields)]);
}

const answersOf = (responses: readonly Response[]) =>
  responses.map((response) => [response.status, response.get('Location')]);

/** The values of a cookie that answers set. */
const valuesOf = (responses: readonly Response[], name: string) =>
  responses.map(
    (response) =>
      response
        .get('Set-Cookie')
        ?.find((line) => line.startsWith(`${name}=`))
        ?.split(/[=;]/)[1],
  );

/** What a visitor's cookie holds for form tokens. */
function secretIn(value: string | undefined): unknown {
  const [payload = ''] = (value ?? '').split('.');
  return (JSON.parse(Buffer.from(payload, 'base64url').toString() || '{}') as { csrf?: string }).csrf;
}

describe('a form that is sent twice', () => {
  let app: TestApp;
  let browser: Browser;
  beforeEach(() => {
    app = buildApp({ authType: 'session_auth' });
    browser = new Browser(app);
  });

  it('logs in once, and gives both answers the same cookies', async () => {
    const { email } = await makeUser();

    const twice = await doubleClick(browser, '/login', { email: email ?? '', password: PASSWORD });

    expect(answersOf(twice)).to.deep.equal([
      [303, '/'],
      [303, '/'],
    ]);
    const [first, second] = valuesOf(twice, app.config.sessionName);
    expect(first).to.be.a('string').and.equal(second);
    const [secret, again] = valuesOf(twice, 'visitor').map(secretIn);
    expect(secret, 'what tokens are bound to afterwards').to.be.a('string').and.equal(again);
    expect(await UserSession.count()).to.equal(1);
    expect(app.events.map(({ event }) => event)).to.deep.equal(['login']);
    expect((await browser.open('/profile')).status).to.equal(200);
  });

  it('registers once, and tells nobody that the email is taken', async () => {
    const typed = { email: 'ann@example.org', password: PASSWORD };

    const twice = await doubleClick(browser, '/register', typed);

    expect(answersOf(twice)).to.deep.equal([
      [303, '/login'],
      [303, '/login'],
    ]);
    expect(await User.count()).to.equal(1);
    expect((await browser.open('/login')).text).to.include('Your account is ready');
  });

  it('changes the password and stays logged in', async () => {
    await browser.logIn(await makeUser());
    const typed = { do: 'password', current_password: PASSWORD, new_password: NEW_PASSWORD };

    const twice = await doubleClick(browser, '/profile', typed);

    expect(answersOf(twice)).to.deep.equal([
      [303, '/profile'],
      [303, '/profile'],
    ]);
    expect((await browser.open('/profile')).text).to.include('Your password is changed');
  });

  it('counts as one wrong password', async () => {
    const { email } = await makeUser();
    const hasher = new SlowHasher('verify');
    let arrived = 0;
    const count = (message: unknown): void => {
      if ((message as { request: IncomingMessage }).request.method === 'POST') arrived += 1;
    };
    subscribe('http.server.request.start', count);

    const answers = doubleClick(browser, '/login', { email: email ?? '', password: 'wrong' });
    await hasher.held;
    await until(() => arrived === 2);
    // Its form, which is behind its headers.
    await turns(20);
    hasher.goOn();
    const twice = await answers;
    unsubscribe('http.server.request.start', count);

    expect(answersOf(twice).map(([status]) => status)).to.deep.equal([401, 401]);
    expect(twice[0]?.text).to.include('Email or password is wrong').and.equal(twice[1]?.text);
    expect(app.events.map(({ event }) => event)).to.deep.equal(['failure']);
  });

  it('gets the answer of the first for five seconds, when that has come already', async () => {
    const { text } = await browser.open('/register');
    const fields = { ...browser.fieldsFor(text, '/register'), email: 'ann@example.org', password: PASSWORD };
    const visitor = browser.cookie('visitor') ?? '';
    const send = () => new Browser(app).take(visitor, 'visitor').submit('/register', fields);
    await send();

    app.clock.advance(4.9);
    const soon = await send();
    app.clock.advance(0.2);
    const late = await send();

    expect([soon.status, late.status]).to.deep.equal([303, 409]);
  });

  it('is another form for whoever has other cookies', async () => {
    const user = await makeUser();
    const { text } = await browser.open('/login');
    const login = { ...browser.fieldsFor(text, '/login'), email: user.email ?? '', password: PASSWORD };
    const stranger = new Browser(app);
    await stranger.open('/login');

    await browser.submit('/login', login);
    const stolen = await stranger.submit('/login', login);

    expect(stolen.status).to.equal(403);
    expect(stranger.cookie()).to.equal(undefined);
  });

  it('is another form when anything in it differs', async () => {
    const { text } = await browser.open('/register');
    const fields = { ...browser.fieldsFor(text, '/register'), password: PASSWORD };
    const register = (email: string) => browser.submit('/register', { ...fields, email });

    await Promise.all([register('ann@example.org'), register('bob@example.org')]);

    expect(await User.count()).to.equal(2);
  });
});

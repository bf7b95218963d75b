import { expect } from 'chai';
import type { Response } from 'supertest';
import { User } from '../../../models/user.js';
import { UserSession } from '../../../models/user_session.js';
import { Visitor } from '../../support/account.js';
import { buildApp, makeUser, PASSWORD, SETTINGS } from '../../support/app.js';
import { BROWSER } from '../../support/browser.js';

/** An answer without what is never twice the same. */
function comparable(response: Response): unknown {
  const text = response.text
    .replaceAll(/[\da-f]{8}-[\da-f-]{27}/g, '<id>')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z?/g, '<time>');
  const {
    'x-request-id': _id,
    date: _date,
    etag: _etag,
    'set-cookie': cookies = [],
    ...headers
  } = response.headers;
  const names = [cookies].flat().map((cookie: string) => cookie.replace(/=[^;]*/, '='));
  // What CORS says of /auth it does not say of pages, whose answers other origins have no use for.
  const rest = Object.entries(headers).filter(([name]) => !/^access-control|^vary$/.test(name));
  return { status: response.status, text, names, rest: Object.fromEntries(rest) };
}

const BODIES: readonly (readonly [what: string, path: string, body: object | string])[] = [
  ['a registration', '/register', { email: 'new@example.org', password: PASSWORD, first_name: 'New' }],
  [
    'a registration with an email that is taken',
    '/register',
    { email: 'ann@example.org', password: PASSWORD },
  ],
  ['a registration with a short password', '/register', { email: 'new@example.org', password: 'short' }],
  ['a registration without an email', '/register', {}],
  ['a login', '/login', { email: 'ann@example.org', password: PASSWORD }],
  ['a login to be remembered', '/login', { email: 'ann@example.org', password: PASSWORD, remember: true }],
  ['a login with a wrong password', '/login', { email: 'ann@example.org', password: 'wrong' }],
  ['a login of nobody', '/login', { email: 'eve@example.org', password: PASSWORD }],
  ['a login without a password', '/login', { email: 'ann@example.org' }],
  ['a login with a list', '/login', { email: ['a'], password: 'x' }],
  ['a login that is no object', '/login', '[1]'],
  ['a login that is no JSON', '/login', '{'],
  ['a logout of nobody', '/logout', {}],
];

for (const authType of SETTINGS) {
  describe(`JSON sent to pages under ${authType ?? 'no scheme'}`, () => {
    for (const [what, path, body] of BODIES) {
      it(`is answered as under /auth: ${what}`, async () => {
        const answers = [];
        for (const prefix of ['', '/auth']) {
          const app = buildApp({ authType });
          await makeUser({ email: 'ann@example.org' });
          const headers = { ...BROWSER, 'Content-Type': 'application/json; charset=utf-8' };
          const response = await new Visitor(app).send('post', `${prefix}${path}`, body, headers);
          const stored = [await User.count(), await UserSession.count()];
          answers.push([comparable(response), stored, app.events.map(({ event }) => event)]);
        }

        expect(answers[0]).to.deep.equal(answers[1]);
      });
    }

    it('logs in and out by it, and out without a body as the course does', async () => {
      const app = buildApp({ authType });
      const user = await makeUser();
      for (const body of [{}, undefined]) {
        const visitor = new Visitor(app);
        const login = await visitor.send('post', '/login', { email: user.email, password: PASSWORD });
        expect([login.status, login.body.user]).to.deep.equal([200, user.toJSON()]);
        expect((await visitor.send('get', '/auth/status')).body).to.include({ authenticated: true });

        expect((await visitor.send('post', '/logout', body)).body).to.deep.equal({});
        expect((await visitor.send('get', '/auth/status')).status).to.equal(401);
      }
    });
  });
}

describe('JSON sent to pages', () => {
  it('is 415 where only forms are taken, in JSON', async () => {
    const app = buildApp({ authType: 'session_auth' });
    const visitor = new Visitor(app);
    await visitor.login(await makeUser());

    for (const path of ['/profile', '/sessions', '/confirm', '/reset']) {
      const response = await visitor.send('post', path, { do: 'names' });
      expect([response.status, response.body], path).to.deep.equal([
        415,
        { error: 'Unsupported media type' },
      ]);
    }
  });

  it('V3.5.1 is refused from another site', async () => {
    const app = buildApp({ authType: 'session_auth' });
    const { email } = await makeUser();
    const forged = { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' };

    for (const path of ['/login', '/register', '/logout']) {
      const body = { email, password: PASSWORD };
      const response = await new Visitor(app).send('post', path, body, forged);
      expect([response.status, response.type], path).to.deep.equal([403, 'application/json']);
    }
    expect(await UserSession.count()).to.equal(0);
  });

  it('renews what is known of a browser, at every door', async () => {
    const app = buildApp({ authType: 'session_auth' });
    const user = await makeUser();
    for (const path of ['/login', '/auth/login']) {
      const visitor = new Visitor(app);
      await visitor.send('get', '/auth/csrf');
      const before = visitor.cookie('visitor');

      await visitor.send('post', path, { email: user.email, password: PASSWORD });

      expect(before).to.be.a('string');
      expect(visitor.cookie('visitor')).to.be.a('string').and.not.equal(before);
    }
  });
});

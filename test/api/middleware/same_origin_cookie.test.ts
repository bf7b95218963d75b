import { expect } from 'chai';
import { CsrfTokens } from '../../../api/services/csrf.js';
import { UserSession } from '../../../models/user_session.js';
import {
  buildApp,
  cookie,
  login,
  makeUser,
  PASSWORD,
  SESSION_SCHEMES,
  statusOf,
  type TestApp,
} from '../../support/app.js';
import {
  ENV,
  LISTED,
  LOGIN,
  logInWith,
  LOGOUT,
  OWN,
  REFUSAL,
  site,
  type Headers,
} from '../../support/sites.js';
import { newVisitor } from '../../support/visitor.js';

describe('V3.5.1 what is under /api/v1', () => {
  for (const authType of SESSION_SCHEMES) {
    it(`is refused with our cookie from elsewhere, under ${authType}, and the session goes on`, async () => {
      const app = buildApp({ authType, env: ENV });
      const user = await makeUser();
      const id = await login(app, user);

      for (const from of [
        site('cross-site', 'https://evil.example'),
        site('same-site'),
        { Origin: 'null' },
      ]) {
        const headers = { ...cookie(app, id), ...from };
        const logout = await app.request().delete(LOGOUT).set(headers);
        const remove = await app.request().delete(`/api/v1/users/${user.id}`).set(headers);
        const create = await app
          .request()
          .post('/api/v1/users')
          .set(headers)
          .send({ email: 'x', password: 'y' });

        for (const { status, body } of [logout, remove, create])
          expect([status, body]).to.deep.equal([403, REFUSAL]);
      }
      expect(await statusOf(app, id)).to.equal(200);
    });
  }

  for (const from of [site('same-origin', OWN), site('cross-site', LISTED), {}]) {
    it(`is answered with our cookie for ${JSON.stringify(from)}`, async () => {
      const app = buildApp({ authType: 'session_auth', env: ENV });
      const headers = cookie(app, await login(app, await makeUser()));

      expect(
        (
          await app
            .request()
            .delete(LOGOUT)
            .set({ ...headers, ...from })
        ).status,
      ).to.equal(200);
    });
  }

  it('is open to pages of other origins without our cookie, as CORS says', async () => {
    const app = buildApp({ authType: null });

    const response = await app
      .request()
      .post('/api/v1/users')
      .set({ ...site('cross-site', 'https://evil.example'), Cookie: 'other=1' })
      .send({ email: 'a@b.c', password: 'x' });

    expect(response.status).to.equal(201);
  });

  it('does not count a forged request as use of the session', async () => {
    const app = buildApp({ authType: 'session_auth', env: { SESSION_IDLE: '60' } });
    const id = await login(app, await makeUser());
    app.clock.advance(50);
    await app
      .request()
      .delete(LOGOUT)
      .set({ ...cookie(app, id), ...site('same-site') });
    app.clock.advance(20);

    expect(await statusOf(app, id)).to.equal(403);
  });
});

describe('V3.5.1 a token', () => {
  const SAME_SITE = site('same-site', 'http://other.gate.example');

  async function loggedIn(): Promise<{ app: TestApp; headers: Headers; token: string }> {
    const app = buildApp({ authType: 'session_auth', env: ENV });
    const headers = cookie(app, await login(app, await makeUser()));
    const [session] = await UserSession.all();
    const token = new CsrfTokens(app.keys.subkey('csrf')).issue(`session:${session?.id}`);
    return { app, headers, token };
  }

  it('in the header lets a request of the same site through', async () => {
    const { app, headers, token } = await loggedIn();

    const all = { ...headers, ...SAME_SITE, 'X-CSRF-Token': token };

    expect((await app.request().delete(LOGOUT).set(all)).status).to.equal(200);
  });

  for (const type of ['form', 'json'] as const) {
    it(`in the body (${type}) does too, and the body is still there for the route`, async () => {
      const { app, headers, token } = await loggedIn();
      const { email } = await makeUser();

      const body = { email, password: PASSWORD, _csrf: token };
      const response = await app.request().post(LOGIN).type(type).set(headers).set(SAME_SITE).send(body);

      expect(response.status).to.equal(200);
    });
  }

  it('in the header is the one that counts', async () => {
    const { app, headers, token } = await loggedIn();
    const { email } = await makeUser();

    const all = { ...headers, ...SAME_SITE, 'X-CSRF-Token': 'wrong' };
    const response = await app
      .request()
      .post(LOGIN)
      .type('form')
      .set(all)
      .send({ email, password: PASSWORD, _csrf: token });

    expect(response.status).to.equal(403);
  });

  it('is of no use to another site, nor with another session, nor after logout', async () => {
    const { app, headers, token } = await loggedIn();
    const other = cookie(app, await login(app, await makeUser()));

    const statuses = [];
    for (const all of [
      { ...headers, ...site('cross-site', 'https://evil.example') },
      { ...headers, Origin: 'null' },
      { ...other, ...SAME_SITE },
      { ...cookie(app, 'nobody'), ...SAME_SITE },
    ]) {
      const response = await app.request().delete(LOGOUT).set(all).set('X-CSRF-Token', token);
      statuses.push(response.status, response.body.error);
    }

    expect(statuses).to.deep.equal([
      403,
      REFUSAL.error,
      403,
      REFUSAL.error,
      403,
      REFUSAL.error,
      403,
      REFUSAL.error,
    ]);
  });

  it('of the host at another port is one of the same site, where a browser says its origin only', async () => {
    const { app, headers, token } = await loggedIn();
    const all = { ...headers, Host: 'gate.example:5000', Origin: 'http://gate.example:3000' };

    expect((await app.request().delete(LOGOUT).set(all)).status).to.equal(403);
    expect((await app.request().delete(LOGOUT).set(all).set('X-CSRF-Token', token)).status).to.equal(200);
  });

  it('of a visitor lets a login of the same site through, with the cookie it was issued with', async () => {
    const app = buildApp({ authType: 'session_auth', env: ENV });
    const visitor = await newVisitor(app.keys);
    const stranger = await newVisitor(app.keys);
    const token = { 'X-CSRF-Token': visitor.token };

    expect(await logInWith(app, { ...SAME_SITE, ...token, Cookie: visitor.cookie })).to.equal(200);
    expect(await logInWith(app, { ...SAME_SITE, ...token, Cookie: stranger.cookie })).to.equal(403);
    expect(await logInWith(app, { ...SAME_SITE, ...token })).to.equal(403);
    expect(await logInWith(app, { ...site('cross-site'), ...token, Cookie: visitor.cookie })).to.equal(403);
  });

  it('of a visitor does not count where there is a session: who can plant a cookie has one', async () => {
    const { app, headers } = await loggedIn();
    const visitor = await newVisitor(app.keys);
    const all = {
      Cookie: `${headers['Cookie']}; ${visitor.cookie}`,
      'X-CSRF-Token': visitor.token,
      ...SAME_SITE,
    };

    expect((await app.request().delete(LOGOUT).set(all)).status).to.equal(403);
  });

  it('sets no cookie under /api/v1, right or wrong', async () => {
    const app = buildApp({ authType: 'session_auth', env: ENV });
    const { cookie: visitor, token } = await newVisitor(app.keys);

    for (const header of [token, 'wrong']) {
      const all = { ...SAME_SITE, Cookie: `${visitor}x`, 'X-CSRF-Token': header };
      const response = await app.request().post(LOGIN).set(all);

      expect(response.get('Set-Cookie')).to.equal(undefined);
    }
  });
});

import type { RequestListener } from 'node:http';
import { expect } from 'chai';
import supertest from 'supertest';
import { useClock } from '../../../models/base.js';
import {
  buildApp,
  cookie,
  credentialPattern,
  login,
  makeUser,
  PASSWORD,
  SESSION_SCHEMES,
  type TestApp,
} from '../../support/app.js';

const LOGIN = '/api/v1/auth_session/login';
const LOGOUT = '/api/v1/auth_session/logout';

async function setCookie(app: TestApp): Promise<string> {
  const { email } = await makeUser();
  const response = await app.request().post(LOGIN).type('form').send({ email, password: PASSWORD });
  expect(response.status).to.equal(200);
  return response.get('Set-Cookie')?.join('\n') ?? '';
}

async function clearCookie(app: TestApp): Promise<string> {
  const headers = cookie(app, await login(app, await makeUser()));
  const response = await app.request().delete(LOGOUT).set(headers);
  expect(response.status).to.equal(200);
  return response.get('Set-Cookie')?.join('\n') ?? '';
}

for (const authType of SESSION_SCHEMES) {
  describe(`the session cookie under ${authType}`, () => {
    it('V3.3.2, V3.3.4 is out of reach for scripts and other sites, and ends with the browser', async () => {
      const app = buildApp({ authType });

      const header = await setCookie(app);

      const { sessionName } = app.config;
      const expected = `^${sessionName}=${credentialPattern(app)}; Path=/; HttpOnly; SameSite=Lax$`;
      expect(header).to.match(new RegExp(expected));
    });

    it('is cleared with the same attributes', async () => {
      const app = buildApp({ authType });

      const header = await clearCookie(app);

      expect(header).to.equal(
        `${app.config.sessionName}=; Max-Age=0; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax`,
      );
    });

    for (const [value, seconds] of [
      ['60', 60],
      ['99999999999', 2_592_000],
    ] as const) {
      const isExpiring = authType !== 'session_auth';
      it(`has ${isExpiring ? `a Max-Age of ${seconds}` : 'no Max-Age'} for SESSION_DURATION=${value}`, async () => {
        const header = await setCookie(buildApp({ authType, env: { SESSION_DURATION: value } }));

        expect(/Max-Age=(\d+)/.exec(header)?.[1]).to.equal(isExpiring ? String(seconds) : undefined);
        expect(header).not.to.include('Expires');
      });
    }

    it('has the same Max-Age when the login takes a while', async () => {
      const app = buildApp({ authType, env: { SESSION_DURATION: '60' } });
      useClock(() => (app.clock.now += 1));

      const header = await setCookie(app);

      expect(/Max-Age=(\d+)/.exec(header)?.[1]).to.equal(authType === 'session_auth' ? undefined : '60');
    });

    for (const value of ['0', '-5', '', '1abc', '1.5']) {
      it(`has no Max-Age for SESSION_DURATION=${value}`, async () => {
        const header = await setCookie(buildApp({ authType, env: { SESSION_DURATION: value } }));

        expect(header).not.to.match(/Max-Age|Expires/);
      });
    }

    it('has the name of SESSION_NAME', async () => {
      const app = buildApp({ authType, env: { SESSION_NAME: 'other' } });

      expect(await setCookie(app)).to.match(/^other=/);
      expect(await clearCookie(app)).to.match(/^other=;/);
    });
  });
}

describe('COOKIE_SECURE', () => {
  for (const value of ['auto', 'off']) {
    it(`=${value} sends no Secure over plain http`, async () => {
      const app = buildApp({ authType: 'session_auth', env: { COOKIE_SECURE: value } });

      expect(await setCookie(app)).not.to.include('Secure');
      expect(await clearCookie(app)).not.to.include('Secure');
    });
  }

  it('=on sends Secure over plain http too, which is no failure', async () => {
    const app = buildApp({ authType: 'session_auth', env: { COOKIE_SECURE: 'on' } });

    expect(await setCookie(app)).to.match(/; Secure/);
    expect(await clearCookie(app)).to.match(/; Secure/);
  });

  it('V3.3.1 =auto sends Secure over https', async () => {
    const app = buildApp({ authType: 'session_auth' });
    const { email } = await makeUser();
    // What Node sets on the sockets of an https server.
    const overTls: RequestListener = (request, response) => {
      Object.assign(request.socket, { encrypted: true });
      app.listener(request, response);
    };

    const response = await supertest(overTls).post(LOGIN).type('form').send({ email, password: PASSWORD });

    expect(response.get('Set-Cookie')?.[0]).to.match(/; Secure/);
  });

  it('=auto does not believe a header that anybody can send', async () => {
    const app = buildApp({ authType: 'session_auth' });
    const { email } = await makeUser();

    const response = await app
      .request()
      .post(LOGIN)
      .set('X-Forwarded-Proto', 'https')
      .type('form')
      .send({ email, password: PASSWORD });

    expect(response.get('Set-Cookie')?.[0]).not.to.match(/; Secure/);
  });

  it('V3.3.1, V3.3.3, SM name =on goes with the name __Host-session, as in production', async () => {
    const env = { NODE_ENV: 'production', TRUST_PROXY: '1' };

    const header = await setCookie(buildApp({ authType: 'session_db_auth', env }));

    expect(header).to.match(
      /^__Host-session=[\w-]{32}; Max-Age=43200; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
  });
});

describe('a browser', () => {
  it('keeps the cookie from login to logout, and no longer', async () => {
    const app = buildApp({ authType: 'session_exp_auth', env: { SESSION_DURATION: '60' } });
    const { email } = await makeUser();
    const browser = supertest.agent(app.listener);

    const before = await browser.get('/api/v1/users/me');
    await browser.post(LOGIN).type('form').send({ email, password: PASSWORD });
    const during = await browser.get('/api/v1/users/me');
    await browser.delete(LOGOUT);
    const after = await browser.get('/api/v1/users/me');

    expect([before.status, during.status, after.status]).to.deep.equal([401, 200, 401]);
  });

  it('does not send a Secure cookie back over plain http', async () => {
    const app = buildApp({ authType: 'session_auth', env: { COOKIE_SECURE: 'on' } });
    const { email } = await makeUser();
    const browser = supertest.agent(app.listener);

    await browser.post(LOGIN).type('form').send({ email, password: PASSWORD });

    expect((await browser.get('/api/v1/users/me')).status).to.equal(401);
  });
});

import { expect } from 'chai';
import {
  basic,
  buildApp,
  cookie,
  credentials,
  makeUser,
  SESSION_SCHEMES,
  SETTINGS,
  type TestApp,
} from '../../support/app.js';

const TEST_HEADER = { Authorization: 'Test' };
/** Method, path, and the status that the route itself gives. */
const GATED = [
  ['GET', '/api/v1/users', 200],
  ['GET', '/api/v1/users/nobody', 404],
  ['GET', '/api/v1/stats', 200],
  ['GET', '/api/v1/stats/', 200],
  ['GET', '/api/v1/nope', 404],
  ['GET', '/api/v1', 404],
  ['GET', '/Login', 404],
  ['GET', '/login/deeper', 404],
  ['GET', '/nope', 404],
  ['POST', '/nope', 404],
  ['PATCH', '/api/v1/users', 405],
  ['GET', '/api/v1/auth_session/logout', 405],
  ['GET', '/api/v1/auth_session/login/deeper', 404],
  ['GET', '/api/v1/statuses', 404],
  ['GET', '/api/v1/status/deeper', 404],
  ['GET', '/api/v1/status//', 404],
  ['GET', '/api/v1/Status', 404],
  ['GET', '/Live', 404],
  ['GET', '/live/deeper', 404],
  ['GET', '/ready//', 404],
  ['GET', '/readyz', 404],
  ['GET', '/api/v1/live', 404],
  ['GET', '/API/V1/status', 404],
  ['GET', '/x/api/v1/status', 404],
  ['OPTIONS', '/api/v1/users', 200],
  ['OPTIONS', '/api/v1/nope', 404],
] as const;
const PUBLIC = [
  ['GET', '/api/v1/status', 200],
  ['POST', '/api/v1/status', 405],
  ['GET', '/live', 200],
  ['HEAD', '/live', 200],
  ['GET', '/ready', 200],
  ['HEAD', '/ready', 200],
  ['POST', '/live', 405],
  ['DELETE', '/ready', 405],
  ['GET', '/api/v1/unauthorized', 401],
  ['GET', '/api/v1/forbidden', 403],
  ['DELETE', '/api/v1/forbidden', 405],
  ['POST', '/api/v1/auth_session/login', 400],
  ['GET', '/api/v1/auth_session/login', 405],
] as const;

async function statusOf(app: TestApp, method: string, path: string, headers = {}): Promise<number> {
  const response = await app.request()[method.toLowerCase() as 'get'](path).set(headers);
  return response.status;
}

for (const authType of SETTINGS) {
  describe(`V8.3.1 the gate under ${authType ?? 'no scheme'}`, () => {
    for (const [method, path, status] of PUBLIC) {
      for (const spelling of [path, `${path}/`]) {
        it(`lets everybody ${method} ${spelling}`, async () => {
          const app = buildApp({ authType });

          const statuses = [
            await statusOf(app, method, spelling),
            await statusOf(app, method, spelling, TEST_HEADER),
            await statusOf(app, method, spelling, cookie(app, 'nobody')),
          ];

          expect(statuses).to.deep.equal([status, status, status]);
        });
      }
    }

    for (const [method, path, status] of GATED) {
      it(`${authType ? 'asks for credentials' : 'asks nothing'} before ${method} ${path}`, async () => {
        const app = buildApp({ authType });
        const good = await credentials(app, await makeUser());

        const without = await statusOf(app, method, path);
        const bad = await statusOf(app, method, path, TEST_HEADER);
        const right = await statusOf(app, method, path, good);

        const isOpen = authType === null;
        expect(without).to.equal(isOpen ? status : 401);
        expect(bad).to.equal(isOpen ? status : 403);
        expect(right).to.equal(authType === 'auth' ? 401 : status);
      });
    }

    it('lets a preflight through without credentials', async () => {
      const app = buildApp({ authType });

      const response = await app
        .request()
        .options('/api/v1/users')
        .set({ Origin: 'https://app.example', 'Access-Control-Request-Method': 'DELETE' });

      expect(response.status).to.equal(200);
    });
  });
}

const BROWSER = { Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

for (const authType of SETTINGS) {
  describe(`the gate for people under ${authType ?? 'no scheme'}`, () => {
    for (const path of ['/', '/login', '/register', '/reset', '/style.css', '/favicon.ico']) {
      it(`lets everybody GET ${path}, which looks after itself`, async () => {
        const app = buildApp({ authType });

        for (const headers of [{}, BROWSER, TEST_HEADER, cookie(app, 'nobody')]) {
          expect(await statusOf(app, 'GET', path, headers)).to.equal(200);
          expect(await statusOf(app, 'DELETE', path, headers)).to.equal(405);
        }
      });
    }

    it('has browsers told that a page does not exist, with whatever credentials', async () => {
      const app = buildApp({ authType });

      for (const headers of [{}, TEST_HEADER, cookie(app, 'nobody')]) {
        for (const path of ['/nope', '/Login', '/login/deeper', '/API/V1/users', '/auth/nope', '/api/v1x']) {
          const response = await app.request().get(path).set(headers).set(BROWSER);

          expect([response.status, response.type], path).to.deep.equal([404, 'text/html']);
        }
      }
    });

    it('changes nothing for browsers under /api/v1', async () => {
      const app = buildApp({ authType });

      for (const path of ['/api/v1', '/api/v1/users', '/api/v1/nope', '/api/v1/users/../../login']) {
        const asked = await app.request().get(path).set(BROWSER);
        const plain = await app.request().get(path);

        expect([asked.status, asked.type, asked.text], path).to.deep.equal([
          plain.status,
          'application/json',
          plain.text,
        ]);
      }
    });
  });
}

describe('V8.3.1 the gate', () => {
  it('answers a lone cookie under basic_auth with 403, not 401', async () => {
    const app = buildApp({ authType: 'basic_auth' });

    expect(await statusOf(app, 'GET', '/api/v1/users', cookie(app, 'anything'))).to.equal(403);
  });

  for (const authType of SESSION_SCHEMES) {
    it(`answers even good basic credentials under ${authType} with 403`, async () => {
      const app = buildApp({ authType });
      const user = await makeUser();

      expect(await statusOf(app, 'GET', '/api/v1/users', basic(user))).to.equal(403);
    });
  }

  it('takes no other method for a preflight, whatever the headers say', async () => {
    const app = buildApp({ authType: 'session_auth' });
    const headers = { Origin: 'https://app.example', 'Access-Control-Request-Method': 'GET' };

    for (const method of ['GET', 'POST', 'DELETE', 'HEAD']) {
      expect(await statusOf(app, method, '/api/v1/users', headers), method).to.equal(401);
    }
  });

  it('lets preflights of origins through that are not listed, but allows them nothing', async () => {
    const app = buildApp({ authType: 'session_auth', env: { CORS_ORIGINS: 'none' } });
    const headers = { Origin: 'https://app.example', 'Access-Control-Request-Method': 'GET' };

    const response = await app.request().options('/api/v1/users').set(headers);

    expect(response.status).to.equal(200);
    expect(response.headers).not.to.have.property('access-control-allow-origin');
  });

  it('does not take a cookie of another name for credentials', async () => {
    const app = buildApp({ authType: 'session_auth' });
    const other = { Cookie: '_my_session_id_fake=x; x_my_session_id=y' };

    expect(await statusOf(app, 'GET', '/api/v1/users', other)).to.equal(401);
  });

  it('refuses an empty header and an empty cookie', async () => {
    const app = buildApp({ authType: 'session_auth' });

    expect(await statusOf(app, 'GET', '/api/v1/users', { Authorization: '' })).to.equal(403);
    expect(await statusOf(app, 'GET', '/api/v1/users', cookie(app, ''))).to.equal(403);
  });

  it('takes no dot segments for a public path', async () => {
    const app = buildApp({ authType: 'session_auth' });

    for (const path of ['/api/v1/status/%2e%2e/users', '/api/v1/%73tatus', '/api/v1/status%2f']) {
      expect(await statusOf(app, 'GET', path), path).to.equal(401);
    }
  });

  it('reads the path only, not the query', async () => {
    const app = buildApp({ authType: 'session_auth' });

    expect(await statusOf(app, 'GET', '/api/v1/users?/api/v1/status/')).to.equal(401);
    expect(await statusOf(app, 'GET', '/api/v1/status?x=/api/v1/users')).to.equal(200);
  });
});

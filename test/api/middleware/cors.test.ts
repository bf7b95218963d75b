import { expect } from 'chai';
import { buildApp, SETTINGS } from '../../support/app.js';

const ORIGIN = 'https://app.example';
const METHODS = 'DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT';
const PREFLIGHT = {
  Origin: ORIGIN,
  'Access-Control-Request-Method': 'PUT',
  'Access-Control-Request-Headers': 'content-type,x-other',
};
const ALLOW_ORIGIN = 'access-control-allow-origin';
const ALLOW_CREDENTIALS = 'access-control-allow-credentials';

for (const authType of SETTINGS) {
  describe(`CORS under ${authType ?? 'no scheme'}`, () => {
    for (const headers of [{}, { Origin: ORIGIN }, { Origin: 'null' }]) {
      it(`allows every origin on every answer, given ${JSON.stringify(headers)}`, async () => {
        const app = buildApp({ authType });

        for (const path of ['/status', '/users', '/users/x', '/nope', '/forbidden', '']) {
          const response = await app.request().get(`/api/v1${path}`).set(headers);

          expect(response.headers[ALLOW_ORIGIN], path).to.equal('*');
          expect(response.headers[ALLOW_CREDENTIALS], path).to.equal(undefined);
        }
      });
    }

    for (const path of ['/users', '/users/x', '/auth_session/login', '/nope']) {
      it(`answers a preflight for ${path} with 200 and what it asked for`, async () => {
        const app = buildApp({ authType });

        const response = await app.request().options(`/api/v1${path}`).set(PREFLIGHT);

        expect(response.status).to.equal(200);
        expect(response.text).to.equal('');
        expect(response.headers[ALLOW_ORIGIN]).to.equal('*');
        expect(response.headers['access-control-allow-methods']).to.equal(METHODS);
        expect(response.headers['access-control-allow-headers']).to.equal('content-type,x-other');
        expect(response.headers[ALLOW_CREDENTIALS]).to.equal(undefined);
      });
    }
  });
}

describe('CORS', () => {
  it('allows the origin on a bare OPTIONS as well', async () => {
    const response = await buildApp({ authType: null }).request().options('/api/v1/users');

    expect(response.headers[ALLOW_ORIGIN]).to.equal('*');
  });

  it('V3.4.2 is the same for /auth, and never with credentials for *', async () => {
    const app = buildApp({ authType: 'session_auth' });

    for (const path of ['/auth', '/auth/', '/auth/status']) {
      const { headers } = await app.request().get(path).set('Origin', ORIGIN);

      expect(headers[ALLOW_ORIGIN], path).to.equal('*');
      expect(headers[ALLOW_CREDENTIALS], path).to.equal(undefined);
    }
    const preflight = await app.request().options('/auth/login').set(PREFLIGHT);
    expect(preflight.status).to.equal(200);
    expect(preflight.headers[ALLOW_ORIGIN]).to.equal('*');
  });

  it('says nothing outside the API', async () => {
    const app = buildApp({ authType: null });

    for (const path of ['/', '/nope', '/api/v1users', '/api', '/authx', '/Auth']) {
      const response = await app.request().get(path).set('Origin', ORIGIN);

      expect(response.headers[ALLOW_ORIGIN], path).to.equal(undefined);
    }
  });
});

describe('V3.4.2 CORS for a list of origins', () => {
  const env = { CORS_ORIGINS: `${ORIGIN}, http://localhost:3000` };

  it('lets a listed origin send credentials', async () => {
    const app = buildApp({ authType: 'session_auth', env });

    for (const path of ['/api/v1/status', '/api/v1/users', '/api/v1/nope', '/auth/status']) {
      const response = await app.request().get(path).set('Origin', 'http://localhost:3000');

      expect(response.headers[ALLOW_ORIGIN], path).to.equal('http://localhost:3000');
      expect(response.headers[ALLOW_CREDENTIALS], path).to.equal('true');
      expect(response.headers['vary'], path).to.include('Origin');
    }
  });

  it('answers the preflight of a listed origin', async () => {
    const app = buildApp({ authType: 'session_auth', env });

    const response = await app.request().options('/api/v1/users').set(PREFLIGHT);

    expect(response.status).to.equal(200);
    expect(response.headers[ALLOW_ORIGIN]).to.equal(ORIGIN);
    expect(response.headers[ALLOW_CREDENTIALS]).to.equal('true');
    expect(response.headers['access-control-allow-methods']).to.equal(METHODS);
  });

  for (const origin of [
    'https://evil.example',
    'https://app.example.evil',
    'http://app.example',
    'null',
    '*',
  ]) {
    it(`allows nothing to ${origin}`, async () => {
      const app = buildApp({ authType: 'session_auth', env });

      const plain = await app.request().get('/api/v1/status').set('Origin', origin);
      const preflight = await app
        .request()
        .options('/api/v1/users')
        .set({ ...PREFLIGHT, Origin: origin });

      for (const { headers } of [plain, preflight]) {
        expect(headers[ALLOW_ORIGIN]).to.equal(undefined);
        expect(headers[ALLOW_CREDENTIALS]).to.equal(undefined);
        expect(headers['access-control-allow-methods']).to.equal(undefined);
        expect(headers['vary']).to.include('Origin');
      }
    });
  }

  it('says nothing to a client without an origin', async () => {
    const response = await buildApp({ authType: null, env }).request().get('/api/v1/status');

    expect(response.status).to.equal(200);
    expect(response.headers[ALLOW_ORIGIN]).to.equal(undefined);
    expect(response.headers[ALLOW_CREDENTIALS]).to.equal(undefined);
  });

  it('allows nothing to anybody when there is none', async () => {
    const app = buildApp({ authType: null, env: { CORS_ORIGINS: 'none' } });

    const plain = await app.request().get('/api/v1/status').set('Origin', ORIGIN);
    const preflight = await app.request().options('/api/v1/users').set(PREFLIGHT);

    expect(plain.headers[ALLOW_ORIGIN]).to.equal(undefined);
    expect(preflight.headers[ALLOW_ORIGIN]).to.equal(undefined);
  });
});

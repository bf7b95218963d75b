import { expect } from 'chai';
import type { AuthType } from '../../../api/config.js';
import { buildApp, credentials, makeUser, PASSWORD, SETTINGS, type TestApp } from '../../support/app.js';

/** Every path of the course API and the methods it knows. */
const ROUTES = [
  ['/api/v1/status', 'GET, HEAD'],
  ['/api/v1/stats', 'GET, HEAD'],
  ['/api/v1/unauthorized', 'GET, HEAD'],
  ['/api/v1/forbidden', 'GET, HEAD'],
  ['/api/v1/users', 'GET, HEAD, POST'],
  ['/api/v1/users/me', 'DELETE, GET, HEAD, PUT'],
  ['/api/v1/users/some-id', 'DELETE, GET, HEAD, PUT'],
  ['/api/v1/auth_session/login', 'POST'],
  ['/api/v1/auth_session/logout', 'DELETE'],
] as const;
const STRANGE_METHODS = ['PATCH', 'PROPFIND', 'TRACE', 'LOCK', 'REPORT'] as const;

function send(app: TestApp, method: string, path: string) {
  const request = app.request();
  return request[method.toLowerCase() as 'get'](path);
}

function sorted(list: string | undefined): string {
  return (list ?? '').split(', ').toSorted().join(', ');
}

const CHALLENGES: { readonly [type in AuthType]?: string } = {
  basic_auth: 'Basic realm="Gatehouse", charset="UTF-8"',
  jwt_auth: 'Bearer realm="Gatehouse"',
};

describe('the routes', () => {
  for (const [path, methods] of ROUTES) {
    it(`answers a bare OPTIONS ${path} with 200, nothing, and what is allowed`, async () => {
      const app = buildApp({ authType: null });

      const response = await app.request().options(path);

      expect(response.status).to.equal(200);
      expect(response.text).to.equal('');
      expect(sorted(response.headers['allow'])).to.equal(methods);
    });

    for (const spelling of [path, `${path}/`]) {
      it(`V4.1.4, RS status codes: answers other methods on ${spelling} with 405, what is allowed, and JSON`, async () => {
        const app = buildApp({ authType: null });

        for (const method of STRANGE_METHODS) {
          const response = await send(app, method, spelling);

          expect(response.status, method).to.equal(405);
          expect(sorted(response.headers['allow']), method).to.equal(methods);
          expect(response.type, method).to.equal('application/json');
          expect(response.body, method).to.deep.equal({ error: 'Method not allowed' });
        }
      });
    }
  }

  it('answers HEAD as GET, without the body', async () => {
    const app = buildApp({ authType: null });
    const { id } = await makeUser();

    for (const path of ['status', 'stats', 'users', `users/${id}`, 'unauthorized', 'forbidden', 'users/x']) {
      const get = await app.request().get(`/api/v1/${path}`);
      const head = await app.request().head(`/api/v1/${path}`);

      expect(head.status, path).to.equal(get.status);
      expect(head.headers['content-type'], path).to.equal(get.headers['content-type']);
      expect(head.headers['content-length'], path).to.equal(get.headers['content-length']);
      expect(head.text, path).to.equal(undefined);
    }
  });

  it('takes every path with a final slash, without a redirect', async () => {
    const app = buildApp({ authType: 'session_auth' });
    const user = await makeUser();
    const headers = await credentials(app, user);
    const form = `email=${user.email}&password=${PASSWORD}`;

    const statuses = [
      await app.request().get('/api/v1/status/'),
      await app.request().get('/api/v1/stats/').set(headers),
      await app.request().get('/api/v1/users/').set(headers),
      await app.request().get(`/api/v1/users/${user.id}/`).set(headers),
      await app.request().get('/api/v1/users/me/').set(headers),
      await app.request().post('/api/v1/users/').set(headers).send({ email: 'x', password: 'y' }),
      await app.request().put(`/api/v1/users/${user.id}/`).set(headers).send({}),
      await app.request().post('/api/v1/auth_session/login/').send(form),
      await app.request().delete('/api/v1/auth_session/logout/').set(headers),
    ].map(({ status }) => status);

    expect(statuses).to.deep.equal([200, 200, 200, 200, 200, 201, 200, 200, 200]);
  });

  for (const path of [
    '/api/v1/Status',
    '/api/V1/status',
    '/API/v1/status',
    '/api/v1/USERS',
    '/api/v1/users/ME',
  ]) {
    it(`does not take ${path} for a route`, async () => {
      const app = buildApp({ authType: null });

      const response = await app.request().get(path);

      expect(response.status).to.equal(404);
      expect(response.body).to.deep.equal({ error: 'Not found' });
    });
  }

  it('ignores query strings', async () => {
    const app = buildApp({ authType: null });
    await makeUser();

    const response = await app.request().get('/api/v1/stats?users=7&id=x');

    expect(response.body).to.deep.equal({ users: 1 });
  });

  for (const authType of SETTINGS) {
    it(`V4.1.1, V14.3.2, SM cache: marks every answer as JSON that nobody may store, under ${authType ?? 'no scheme'}`, async () => {
      const app = buildApp({ authType });

      for (const path of ['/api/v1/status', '/api/v1/users', '/api/v1/users/x', '/nope', '/protected']) {
        const response = await app.request().get(path);

        expect(response.headers['cache-control'], path).to.equal('no-store');
        expect(response.headers['content-type'], path).to.match(/^application\/json(?:; charset=utf-8)?$/);
      }
    });

    it(`says how to log in with a 401 where that is by a header: ${authType ?? 'no scheme'}`, async () => {
      const app = buildApp({ authType });

      const refused = await app.request().get('/api/v1/users');
      const shown = await app.request().get('/api/v1/unauthorized');
      const forbidden = await app.request().get('/api/v1/forbidden');

      const challenge = CHALLENGES[authType ?? 'auth'];
      expect(refused.headers['www-authenticate']).to.equal(challenge);
      expect(shown.headers['www-authenticate']).to.equal(challenge);
      expect(forbidden.headers['www-authenticate']).to.equal(undefined);
    });
  }
});

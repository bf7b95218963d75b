import { expect } from 'chai';
import type { Response } from 'supertest';
import { bindModel } from '../../../models/base.js';
import { MemoryEngine } from '../../../models/engine/memory_engine.js';
import { StorageUnavailableError } from '../../../models/engine/storage_engine.js';
import { PasswordHasher } from '../../../models/password.js';
import { User } from '../../../models/user.js';
import { UserSession } from '../../../models/user_session.js';
import { buildApp, cookie, login, makeUser, PASSWORD, type TestApp } from '../../support/app.js';
import { PausedThreads } from '../../support/paused_threads.js';
import { until } from '../../support/until.js';

/** An engine in which everything fails with this. */
function failingEngine(error: unknown): MemoryEngine {
  const fail = async (): Promise<never> => {
    throw error;
  };
  return Object.assign(new MemoryEngine({ indexes: [] }), {
    get: fail,
    find: fail,
    put: fail,
    update: fail,
    delete: fail,
    all: fail,
    count: fail,
  });
}

function send(app: TestApp, method: string, path: string, body?: object) {
  return app.request()[method.toLowerCase() as 'get'](`/api/v1${path}`).send(body);
}

/** Every route that needs the users. */
const ROUTES = [
  ['GET', '/stats'],
  ['GET', '/users'],
  ['GET', '/users/x'],
  ['POST', '/users', { email: 'x', password: 'y' }],
  ['PUT', '/users/x', {}],
  ['DELETE', '/users/x'],
] as const;

for (const error of [
  new Error('secret detail'),
  new TypeError('secret detail'),
  Object.assign(new Error('secret detail'), { status: 200 }),
  Object.assign(new Error('secret detail'), { status: 502, expose: true }),
  'secret detail',
  null,
]) {
  describe(`an unforeseen error: ${String(error)} ${JSON.stringify(error)}`, () => {
    for (const [method, path, body] of ROUTES) {
      it(`V16.3.4, V16.5.1 in ${method} ${path} is a plain 500, and one error in the log`, async () => {
        const app = buildApp({ authType: null });
        bindModel(User, failingEngine(error));

        const response = await send(app, method, path, body);

        const lines = app.lines.map((line) => JSON.parse(line));
        expect(response.status).to.equal(500);
        expect(response.type).to.equal('application/json');
        expect(response.text).to.equal('{"error":"Internal server error"}');
        expect(JSON.stringify(response.headers)).not.to.include('secret');
        expect(lines.map(({ level }) => level)).to.deep.equal([50, 30]);
        expect(lines[0].requestId).to.equal(response.headers['x-request-id']);
        expect(lines[1]).to.include({ requestId: lines[0].requestId, status: 500 });
        if (error !== null) expect(app.lines[0]).to.include('secret detail');
      });
    }
  });
}

describe('a storage that is not available', () => {
  for (const [method, path, body] of ROUTES) {
    it(`V16.5.2 is a 503 with Retry-After for ${method} ${path}`, async () => {
      const app = buildApp({ authType: null, env: { LOG_LEVEL: 'debug' } });
      bindModel(User, failingEngine(new StorageUnavailableError(new Error('ENOSPC: /secret/path'))));

      const response = await send(app, method, path, body);

      expect(response.status).to.equal(503);
      expect(response.headers['retry-after']).to.equal('5');
      expect(response.headers['access-control-allow-origin']).to.equal('*');
      expect(response.body).to.deep.equal({ error: 'storage is not available' });
      // The store itself warns, once.
      expect(app.lines.map((line) => JSON.parse(line).level)).to.deep.equal([20, 30]);
    });
  }

  it('V16.5.3 lets nobody in, logs nobody in and logs nobody out', async () => {
    const app = buildApp({ authType: 'session_auth' });
    const user = await makeUser();
    const headers = cookie(app, await login(app, user));
    bindModel(UserSession, failingEngine(new StorageUnavailableError('broken')));

    const responses = [
      await app.request().get('/api/v1/users').set(headers),
      await app.request().delete('/api/v1/auth_session/logout').set(headers),
      await send(app, 'POST', '/auth_session/login', { email: user.email, password: PASSWORD }),
      await app.request().delete(`/api/v1/users/${user.id}`).set(headers),
    ];

    for (const response of responses) {
      expect(response.status).to.equal(503);
      expect(response.headers).not.to.have.property('set-cookie');
    }
    expect(await User.count()).to.equal(1);
  });

  it('does not touch what needs no storage', async () => {
    const app = buildApp({ authType: null });
    bindModel(User, failingEngine(new StorageUnavailableError('broken')));

    expect((await send(app, 'GET', '/status')).status).to.equal(200);
    expect((await send(app, 'GET', '/forbidden')).status).to.equal(403);
  });
});

describe('too many passwords to check', () => {
  it('V15.2.2, V16.5.2 are a 503 with Retry-After for those who have to wait too long', async () => {
    const app = buildApp({ authType: 'session_auth' });
    const { email } = await makeUser();
    const threads = new PausedThreads();
    // One address has half of the places that wait.
    User.useHasher(new PasswordHasher({ cost: { logN: 4, r: 8, p: 1 }, parallel: 1, waiting: 4, threads }));

    const refused: Response[] = [];
    const logins = Array.from({ length: 10 }, async () => {
      const response = await send(app, 'POST', '/auth_session/login', { email, password: 'wrong' });
      if (response.status === 503) refused.push(response);
      return response.status;
    });
    await until(() => refused.length === 8);
    threads.finishOne();
    await until(async () => (await threads.atWork()) === 1);
    threads.finishOne();
    const statuses = await Promise.all(logins);

    expect(statuses.filter((status) => status !== 503)).to.deep.equal([401, 401]);
    expect(refused).to.have.length(8);
    for (const response of refused) {
      expect(Number(response.headers['retry-after'])).to.be.within(1, 60);
      expect(response.body).to.deep.equal({ error: 'too many password checks at once' });
    }
    expect(app.lines.filter((line) => line.includes('"level":50'))).to.deep.equal([]);
  });
});

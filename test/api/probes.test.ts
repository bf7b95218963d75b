import { expect } from 'chai';
import { bindModel } from '../../models/base.js';
import type { StorageEngine } from '../../models/engine/storage_engine.js';
import { MODELS } from '../../models/storage.js';
import { buildApp, cookie, login, makeUser, SETTINGS } from '../support/app.js';
import { BROWSER } from '../support/browser.js';

/** An engine that nobody may ask. */
const untouchable = new Proxy({} as StorageEngine, {
  get: () => () => {
    throw new Error('a store was asked');
  },
});

for (const authType of SETTINGS) {
  describe(`the probes under ${authType ?? 'no scheme'}`, () => {
    for (const [path, body] of [
      ['/live', { status: 'alive' }],
      ['/ready', { status: 'ready' }],
    ] as const) {
      it(`answer ${path} for everybody, to GET and HEAD, without a session, a cookie or a place in a cache`, async () => {
        const app = buildApp({ authType });
        const headers = app.auth?.sessions ? cookie(app, await login(app, await makeUser())) : {};
        for (const model of MODELS) bindModel(model, untouchable);
        const before = app.lines.length;

        for (const extra of [{}, headers, BROWSER, { Authorization: 'Basic x' }]) {
          const [got, head] = [
            await app.request().get(path).set(extra),
            await app.request().head(`${path}/`).set(extra),
          ];

          expect([got.status, got.type, got.body]).to.deep.equal([200, 'application/json', body]);
          expect([head.status, head.text]).to.deep.equal([200, undefined]);
          for (const response of [got, head]) {
            expect(response.headers).to.not.have.any.keys('set-cookie', 'access-control-allow-origin');
            expect(response.get('Cache-Control')).to.equal('no-store');
          }
        }
        expect(app.lines).to.have.length(before);
        expect(app.events.filter(({ event }) => event === 'denied')).to.deep.equal([]);
      });

      it(`have ${path} for GET alone`, async () => {
        const app = buildApp({ authType });

        for (const method of ['post', 'put', 'patch', 'delete'] as const) {
          const response = await app.request()[method](path);

          expect([response.status, response.get('Allow')]).to.deep.equal([405, 'HEAD, GET']);
        }
      });
    }
  });
}

describe('the probes', () => {
  it('are in the log at debug', async () => {
    const app = buildApp({ authType: 'session_db_auth', env: { LOG_LEVEL: 'debug' } });

    await app.request().get('/live');
    await app.request().get('/api/v1/status');

    const lines = app.lines.map((line) => JSON.parse(line) as { level: number; route: string });
    expect(lines.map(({ level, route }) => [level, route])).to.deep.equal([
      [20, '/live'],
      [30, '/api/v1/status'],
    ]);
  });

  it('say that the server is not ready while a store is away, and that it lives, to browsers too', async () => {
    let isAway = true;
    const app = buildApp({
      authType: 'session_db_auth',
      check: async () => {
        if (isAway) throw new Error('secret: the store at 10.0.0.5 is away');
      },
    });

    for (const headers of [{}, BROWSER]) {
      const ready = await app.request().get('/ready').set(headers);

      expect([ready.status, ready.type, ready.text]).to.deep.equal([
        503,
        'application/json',
        '{"error":"not ready"}',
      ]);
      expect(ready.get('Retry-After')).to.match(/^\d+$/);
      expect(ready.get('Cache-Control')).to.equal('no-store');
      expect((await app.request().get('/live').set(headers)).status).to.equal(200);
    }
    expect((await app.request().head('/ready')).status).to.equal(503);
    isAway = false;
    while ((await app.request().get('/ready')).status === 503);
    expect(app.lines).to.deep.equal([]);
  });

  it('say so as soon as a stop begins', async () => {
    const app = buildApp({ authType: 'session_db_auth' });
    const before = await app.request().get('/ready');

    app.readiness.stop();

    expect([before.status, (await app.request().get('/ready')).status]).to.deep.equal([200, 503]);
    expect((await app.request().get('/live')).status).to.equal(200);
  });
});

import { expect } from 'chai';
import { BROWSER } from '../support/browser.js';
import { needOwnPostgres, PostgresProcess, postgresUrl, runSql } from '../support/postgres_process.js';
import { DURABLE, needOwnRedis, RedisProcess } from '../support/redis_process.js';
import { documentedPages, documentedRights } from '../support/rights_doc.js';
import { ServerProcess } from '../support/server_process.js';
import { tempFolder } from '../support/temp_storage.js';

/** Milliseconds after which whoever asked must have an answer, whatever it is: two seconds, and some for this machine. */
const LIMIT = 2500;
const PASSWORD = 'only-for-this-test';
const ANN = { email: 'ann@example.com', password: 'a long enough password' };
/** Everything that some route asks for. */
const BODY = {
  ...ANN,
  current_password: ANN.password,
  new_password: 'another long password',
  token: 'x'.repeat(43),
};

interface Answer {
  readonly route: string;
  readonly status: number;
  readonly time: number;
  readonly retryAfter: string | null;
  readonly text: string;
}

/** A store that can be away, and what a server is told to use it. */
interface Store {
  readonly settings: Readonly<Record<string, string>>;
  pause(): void;
  resume(): void;
  kill(): Promise<void>;
  restart(): Promise<void>;
}

/** Routes that answer without any store, whoever asks. */
const FREE = /\/(?:api\/v1\/(?:status|unauthorized|forbidden)|live|ready|style\.css|favicon\.\w+)$/;

const STORES = [
  {
    name: 'PostgreSQL',
    free: FREE,
    need: needOwnPostgres,
    start: async (): Promise<Store> => {
      const process = await PostgresProcess.start();
      return away(process, { STORAGE_URL: process.url });
    },
  },
  {
    name: 'Redis for sessions',
    // A reset's token is looked for among the users, who are in files.
    free: new RegExp(`${FREE.source}|^POST /auth/reset$`),
    need: needOwnRedis,
    start: async (): Promise<Store> => {
      const process = await RedisProcess.start({ ...DURABLE, requirepass: PASSWORD });
      return away(process, { SESSION_STORAGE_URL: process.url.replace('//', `//:${PASSWORD}@`) });
    },
  },
] as const;

function away(process: PostgresProcess | RedisProcess, settings: Store['settings']): Store {
  return {
    settings,
    pause: () => process.pause(),
    resume: () => process.resume(),
    kill: async () => process.kill(),
    restart: async () => process.restart(),
  };
}

/** Every route there is that takes JSON or nothing, about somebody who is not there. */
function routes(): string[] {
  const [api] = documentedRights();
  return [
    ...(api?.rights.keys() ?? []),
    ...[...documentedPages().keys()].filter((route) => route.startsWith('GET')),
  ].map((route) => route.replace(':id', 'somebody'));
}

describe('a server whose store is away', function () {
  this.timeout(30_000);

  let origin = '';
  let server: ServerProcess;
  let cookie = '';

  async function start(settings: Readonly<Record<string, string>>): Promise<void> {
    const common = { AUTH_TYPE: 'session_db_auth', STORAGE_DIR: await tempFolder(), SCRYPT_COST: '2,8,1' };
    server = ServerProcess.node({ ...common, ...settings });
    origin = `http://127.0.0.1:${await server.port()}`;
    await ask('POST /auth/register', { cookie: '' });
    await login();
  }

  async function login(): Promise<void> {
    const headers = { 'Content-Type': 'application/json' };
    const answer = await fetch(`${origin}/auth/login`, {
      method: 'POST',
      headers,
      body: JSON.stringify(ANN),
    });
    cookie =
      answer.headers
        .getSetCookie()
        .find((text) => text.startsWith('_my_session_id='))
        ?.split(';')[0] ?? '';
    expect(answer.status).to.equal(200);
  }

  async function ask(route: string, more: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const [method = '', path = ''] = route.split(' ');
    const askedAt = performance.now();
    const hasBody = method === 'POST' || method === 'PUT';
    const answer = await fetch(`${origin}${path}`, {
      method,
      redirect: 'manual',
      headers: { cookie, ...(hasBody && { 'Content-Type': 'application/json' }), ...more },
      ...(hasBody && { body: JSON.stringify(BODY) }),
    });
    const text = await answer.text();
    const time = performance.now() - askedAt;
    return { route, status: answer.status, time, retryAfter: answer.headers.get('Retry-After'), text };
  }

  /** Asks for everything at once, and 64 times for one thing; fails for any answer that a store that is away explains not. */
  async function expectOutage(limit: number, free: RegExp): Promise<void> {
    const many = Array.from({ length: 64 }, () => 'GET /api/v1/users/me');
    const answers = await Promise.all([...routes(), ...many].map((route) => ask(route)));
    expect(answers.filter(({ time }) => time > limit)).to.deep.equal([]);
    for (const { route, status, retryAfter, text } of answers.filter((answer) => !free.test(answer.route))) {
      expect([status, text], route).to.deep.equal([503, '{"error":"storage is not available"}']);
      expect(retryAfter, route).to.match(/^[1-9]\d*$/);
    }
    // What was asked a moment before the store went away may be said again for a moment.
    while ((await ask('GET /ready')).status === 200) await new Promise((done) => setTimeout(done, 20));
    const statuses = await Promise.all(
      ['/api/v1/status', '/live', '/ready'].map((path) => ask(`GET ${path}`)),
    );
    expect(statuses.map(({ status }) => status)).to.deep.equal([200, 200, 503]);
    expect(statuses.filter(({ time }) => time > limit)).to.deep.equal([]);
  }

  async function untilReady(): Promise<void> {
    while ((await ask('GET /ready')).status !== 200) await new Promise((done) => setTimeout(done, 50));
  }

  for (const { name, free, need, start: startStore } of STORES) {
    describe(`(${name})`, () => {
      beforeEach(need);

      it('answers 503 in time, whatever is asked, tells of it once, and works again by itself', async () => {
        const store = await startStore();
        await start(store.settings);

        store.pause();
        await expectOutage(LIMIT, free);
        await expectOutage(1000, free);
        const page = await ask('GET /sessions', BROWSER);
        store.resume();
        await untilReady();
        const back = await ask('GET /api/v1/users/me');
        await store.kill();
        await expectOutage(LIMIT, free);
        await store.restart();
        await untilReady();
        const again = await ask('GET /api/v1/users/me');

        expect([page.status, page.retryAfter]).to.deep.equal([503, '5']);
        expect(page.text).to.match(/^<!doctype html>.*503/s);
        expect([back.status, again.status]).to.deep.equal([200, 200]);
        const told = server.lines.filter(({ level }) => level > 30).map(({ msg }) => msg);
        const outages = told.filter((msg) => !msg.startsWith('audit: '));
        expect(
          outages.map((msg) => / (away|back|again)\b/.exec(msg)?.[1]?.replace('again', 'back')),
        ).to.deep.equal(['away', 'back', 'away', 'back'], told.join('\n'));
        expect(server.stdout + server.stderr).not.to.contain(PASSWORD);
      });

      it('does not start, and says within a few seconds why', async () => {
        const store = await startStore();
        const begun = performance.now();
        const endOf = async (): Promise<readonly [unknown, string]> => {
          const common = { AUTH_TYPE: 'session_db_auth', STORAGE_DIR: await tempFolder() };
          const process = ServerProcess.node({ ...common, ...store.settings });
          return [await process.exited, process.stdout + process.stderr];
        };

        store.pause();
        const paused = await endOf();
        store.resume();
        await store.kill();
        const killed = await endOf();

        expect(performance.now() - begun).to.be.below(10_000);
        for (const [code, text] of [paused, killed]) {
          expect(code).to.equal(1);
          expect(text).to.match(/STORAGE_URL: .*(?:not available|did not answer|ECONNREFUSED).*\n$/);
          expect(text).not.to.contain(PASSWORD);
        }
      });
    });
  }

  describe('while it stops', () => {
    beforeEach(needOwnPostgres);

    it('is not ready, for those too who asked before', async () => {
      const store = await STORES[0].start();
      await start(store.settings);
      store.pause();

      const ready = ask('GET /ready');
      await new Promise((done) => setTimeout(done, 100));
      server.kill('SIGTERM');

      expect((await ready).status).to.equal(503);
      expect(await server.exited).to.equal(0);
    });
  });

  describe('as far as the audit trail goes', () => {
    beforeEach(needOwnPostgres);

    it('logs everybody out nevertheless, and tells of the gap afterwards', async () => {
      const database = await PostgresProcess.start();
      const url = await postgresUrl(database);
      await start({ STORAGE_URL: url });
      await runSql(url, 'alter table gatehouse_audit rename to away');

      const activity = await ask('GET /auth/activity');
      const logout = await ask('POST /auth/logout');
      const me = await ask('GET /api/v1/users/me');
      await runSql(url, 'alter table away rename to gatehouse_audit');
      await login();

      expect([activity.status, logout.status, me.status]).to.deep.equal([503, 200, 403]);
      const rows = await runSql(url, 'select line from gatehouse_audit order by at_ms, tie');
      const events = rows.map(({ line }) => JSON.parse(String(line)) as { event: string; count?: number });
      expect(events.map(({ event }) => event)).to.deep.equal(['register', 'login', 'gap', 'login']);
    });
  });
});

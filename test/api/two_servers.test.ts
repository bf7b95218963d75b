import { copyFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  needOwnPostgres,
  needPostgres,
  postgresUrl,
  PostgresProcess,
  runSql,
} from '../support/postgres_process.js';
import { AdminCli } from '../support/admin_cli.js';
import { needRedis, redisUrl } from '../support/redis_process.js';
import { ServerProcess } from '../support/server_process.js';
import { tempFolder } from '../support/temp_storage.js';

/** What the test servers' password is; no answer and no line of a log may have it. */
const PASSWORD = 'only-for-this-test';
const ANN = { email: 'ann@example.com', password: 'a long enough password' };

/** A server on a database, with hashes that cost little. */
async function startOn(
  url: string,
  folder: string,
  more: Readonly<Record<string, string>> = {},
): Promise<{ server: ServerProcess; origin: string }> {
  const settings = { AUTH_TYPE: 'session_db_auth', STORAGE_DIR: folder, SCRYPT_COST: '2,8,1' };
  const server = ServerProcess.node({ ...settings, STORAGE_URL: url, ...more });
  return { server, origin: `http://127.0.0.1:${await server.port()}` };
}

async function send(
  origin: string,
  path: string,
  { cookie = '', method = 'GET', body }: { cookie?: string; method?: string; body?: object } = {},
): Promise<Response> {
  const headers = { 'Content-Type': 'application/json', ...(cookie && { cookie }) };
  return fetch(`${origin}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
}

async function login(origin: string): Promise<string> {
  const answer = await send(origin, '/auth/login', { method: 'POST', body: ANN });
  expect(answer.status).to.equal(200);
  return (
    answer.headers
      .getSetCookie()
      .find((text) => text.startsWith('_my_session_id='))
      ?.split(';')[0] ?? ''
  );
}

describe('two servers on one database', function () {
  this.timeout(20_000);
  beforeEach(needPostgres);

  for (const where of ['PostgreSQL', 'PostgreSQL with sessions in Redis']) {
    it(`know each other's users and sessions on ${where}, and what has ended on one has ended on both`, async function () {
      if (where.includes('Redis')) needRedis.call(this);
      const more = where.includes('Redis') ? { SESSION_STORAGE_URL: await redisUrl() } : {};
      const [url, folder] = [await postgresUrl(), await tempFolder()];
      const [one, other] = await Promise.all([startOn(url, folder, more), startOn(url, folder, more)]);
      const meOf = async (origin: string, cookie: string) =>
        (await send(origin, '/api/v1/users/me', { cookie })).status;

      expect((await send(one.origin, '/auth/register', { method: 'POST', body: ANN })).status).to.equal(201);
      const [first, second] = [await login(other.origin), await login(one.origin)];
      const live = [await meOf(one.origin, first), await meOf(other.origin, second)];
      const logout = await send(one.origin, '/auth/logout', { method: 'POST', cookie: first });
      const after = [
        await meOf(other.origin, first),
        await meOf(one.origin, first),
        await meOf(one.origin, second),
      ];

      const kept = await runSql(url, `select to_regclass('gatehouse_user_session') is not null as "is"`);

      expect(kept[0]?.['is']).to.equal(!where.includes('Redis'));
      expect(live).to.deep.equal([200, 200]);
      expect(logout.status).to.be.below(300);
      expect(after).to.deep.equal([403, 403, 200]);
      for (const { server } of [one, other]) {
        expect(server.stdout + server.stderr).not.to.contain(PASSWORD);
        expect(server.stdout).to.match(
          where.includes('Redis')
            ? /storage: postgres:\/\/[^@ ]+\/\w+, sessions: redis:\/\/[\d.:]+"/
            : /storage: postgres:\/\/[^@ ]+\/\w+"/,
        );
      }
    });
  }

  it('must have the same signing keys', async () => {
    const url = await postgresUrl();
    const [one, other] = [await tempFolder(), await tempFolder()];
    await startOn(url, one);

    const stranger = ServerProcess.node({
      AUTH_TYPE: 'session_db_auth',
      STORAGE_DIR: other,
      STORAGE_URL: url,
    });
    expect(await stranger.exited).to.equal(1);
    await copyFile(join(one, 'keys.json'), join(other, 'keys.json'));
    await startOn(url, other);

    expect(stranger.stderr).to.match(/^KEYS_FILE, APP_KEYS: other servers .*sign with other keys.*\n$/);
  });

  it('run beside the admin program, which works on the same database', async () => {
    const [url, folder] = [await postgresUrl(), await tempFolder()];
    const { origin } = await startOn(url, folder);
    const cli = new AdminCli(folder);

    const env = { STORAGE_URL: url };
    const made = await cli.runWith({ input: ANN.password, env }, 'create', ANN.email);
    const cookie = await login(origin);
    const disabled = await cli.runWith({ env }, 'disable', ANN.email);
    const { status } = await send(origin, '/api/v1/users/me', { cookie });

    expect([made.code, made.stderr, disabled.code]).to.deep.equal([0, '', 0]);
    expect(status).to.equal(403);
    const rows = await runSql(url, 'select line from gatehouse_audit order by at_ms, tie');
    const events = rows.map(({ line }) => JSON.parse(String(line)) as { event: string; detail?: string });
    expect(events.map(({ event, detail }) => [event, detail])).to.deep.equal([
      ['admin', 'npm run admin create user'],
      ['login', undefined],
      ['admin', 'npm run admin disable'],
    ]);
  });

  it('keep nothing but keys in their folder, and have one audit trail', async () => {
    const [url, folder] = [await postgresUrl(), await tempFolder()];

    const { origin, server } = await startOn(url, folder);
    const other = await startOn(url, folder);
    await send(origin, '/auth/register', { method: 'POST', body: ANN });
    const cookie = await login(other.origin);
    const activity = await send(origin, '/auth/activity', { cookie });
    server.kill('SIGTERM');

    expect(await server.exited).to.equal(0);
    expect(await readdir(folder)).to.deep.equal(['keys.json']);
    const { events } = (await activity.json()) as { events: { event: string }[] };
    expect(events.map(({ event }) => event)).to.deep.equal(['login', 'register']);
    const rows = await runSql(url, 'select record, expires_at from gatehouse_user');
    expect(rows).to.have.length(1);
    expect(JSON.parse(String(rows[0]?.['record']))).to.include({ email: ANN.email });
    expect(rows[0]?.['expires_at']).to.equal(null);
  });
});

describe('a server whose database', function () {
  this.timeout(20_000);
  beforeEach(needOwnPostgres);

  it('is away answers 503 within two seconds, and by itself again when it is back', async () => {
    const database = await PostgresProcess.start();
    const { origin, server } = await startOn(database.url, await tempFolder());
    await send(origin, '/auth/register', { method: 'POST', body: ANN });
    const cookie = await login(origin);
    const me = async () => (await send(origin, '/api/v1/users/me', { cookie })).status;

    database.pause();
    const start = performance.now();
    const paused = await Promise.all([
      me(),
      me(),
      send(origin, '/auth/login', { method: 'POST', body: ANN }),
    ]);
    const time = performance.now() - start;
    const status = await send(origin, '/api/v1/status');
    database.resume();
    while ((await me()) === 503);
    await database.kill();
    const killed = await send(origin, '/api/v1/users/me', { cookie });
    await database.restart();
    while ((await me()) === 503);

    expect([paused[0], paused[1], paused[2].status, status.status]).to.deep.equal([503, 503, 503, 200]);
    expect(time).to.be.below(2000);
    expect(killed.status).to.equal(503);
    expect(killed.headers.get('Retry-After')).to.match(/^\d+$/);
    expect(await me()).to.equal(200);
    expect(server.stdout + server.stderr).not.to.contain(PASSWORD);
  });

  it('is not there, or is no place for it, keeps it from starting, and says so without the password', async () => {
    const folder = await tempFolder();
    const settings = { AUTH_TYPE: 'session_db_auth', STORAGE_DIR: folder };
    const database = await PostgresProcess.start();
    const wrong = database.url.replace(PASSWORD, 'another-wrong-one');
    await database.kill();

    const away = ServerProcess.node({ ...settings, STORAGE_URL: database.url });
    expect(await away.exited).to.equal(1);
    await database.restart();
    const refused = ServerProcess.node({ ...settings, STORAGE_URL: wrong });
    expect(await refused.exited).to.equal(1);

    expect(away.stderr).to.match(/^STORAGE_URL: storage is not available: PostgreSQL .*ECONNREFUSED.*\n$/);
    expect(refused.stderr).to.match(/^STORAGE_URL: .*28P01 password authentication failed.*\n$/);
    expect(away.stderr + refused.stderr).not.to.match(/only-for-this-test|another-wrong-one/);
  });
});

import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { migrate, MigrateCli } from '../../support/migrate_cli.js';
import { needPostgres, postgresUrl, runSql } from '../../support/postgres_process.js';
import { needOwnRedis, RedisProcess } from '../../support/redis_process.js';
import { ServerProcess } from '../../support/server_process.js';
import { tempFolder } from '../../support/temp_storage.js';

const ANN = { email: 'ann@example.com', password: 'a long enough password' };

interface Served {
  readonly server: ServerProcess;
  readonly origin: string;
}

async function start(settings: Readonly<Record<string, string>>): Promise<Served> {
  const server = ServerProcess.node({ SCRYPT_COST: '2,8,1', ...settings });
  const origin = `http://127.0.0.1:${await server.port()}`;
  // One that has answered also hears a signal to stop.
  await fetch(`${origin}/api/v1/status`);
  return { server, origin };
}

async function stop({ server }: Served): Promise<void> {
  server.kill('SIGTERM');
  expect(await server.exited).to.equal(0);
}

async function post(origin: string, path: string): Promise<Response> {
  const headers = { 'Content-Type': 'application/json' };
  return fetch(`${origin}${path}`, { method: 'POST', headers, body: JSON.stringify(ANN) });
}

async function whoIs(origin: string, cookie: string): Promise<unknown> {
  const answer = await fetch(`${origin}/api/v1/users/me`, { headers: { cookie } });
  return answer.status === 200 ? ((await answer.json()) as { email: unknown }).email : answer.status;
}

/** Registers and logs in: the cookie. */
async function login(origin: string): Promise<string> {
  expect((await post(origin, '/auth/register')).status).to.equal(201);
  const [cookie = ''] = (await post(origin, '/auth/login')).headers.getSetCookie();
  return cookie.split(';')[0] ?? '';
}

describe('a server that moves', function () {
  this.timeout(30_000);
  beforeEach(needPostgres);

  for (const AUTH_TYPE of ['session_db_auth', 'jwt_auth']) {
    it(`from files to PostgreSQL and back logs nobody out, with ${AUTH_TYPE}`, async () => {
      const [url, folder, back] = [await postgresUrl(), await tempFolder(), await tempFolder()];
      const first = await start({ AUTH_TYPE, STORAGE_DIR: folder });
      const cookie = await login(first.origin);
      await stop(first);

      const there = await migrate({ from: `file:${folder}`, to: 'env:URL' }, { URL: url });
      const second = await start({ AUTH_TYPE, STORAGE_DIR: folder, STORAGE_URL: url });
      const meThere = await whoIs(second.origin, cookie);
      await stop(second);
      const home = await migrate({ from: 'env:URL', to: `file:${back}` }, { URL: url, STORAGE_DIR: folder });
      await copyFile(join(folder, 'keys.json'), join(back, 'keys.json'));
      const third = await start({ AUTH_TYPE, STORAGE_DIR: back });
      const meBack = await whoIs(third.origin, cookie);

      expect([there.code, meThere]).to.deep.equal([0, ANN.email]);
      expect([home.code, meBack]).to.deep.equal([0, ANN.email]);
    });
  }

  describe('with its sessions', () => {
    beforeEach(needOwnRedis);

    it('from files to PostgreSQL and Redis and back logs nobody out', async () => {
      const redis = await RedisProcess.start();
      const [folder, back] = [await tempFolder(), await tempFolder()];
      const stores = { STORAGE_URL: await postgresUrl(), SESSION_STORAGE_URL: redis.url };
      const env = { ...stores, STORAGE_DIR: folder };
      const AUTH_TYPE = 'session_db_auth';
      const first = await start({ AUTH_TYPE, STORAGE_DIR: folder });
      const cookie = await login(first.origin);
      await stop(first);

      const to = { to: 'env:STORAGE_URL', sessionsTo: 'env:SESSION_STORAGE_URL' };
      const there = await migrate({ from: 'file:', ...to }, env);
      const second = await start({ AUTH_TYPE, ...env });
      const meThere = await whoIs(second.origin, cookie);
      await stop(second);
      const from = { from: 'env:STORAGE_URL', sessionsFrom: 'env:SESSION_STORAGE_URL' };
      const home = await migrate({ ...from, to: `file:${back}` }, env);
      await copyFile(join(folder, 'keys.json'), join(back, 'keys.json'));
      const third = await start({ AUTH_TYPE, STORAGE_DIR: back });

      expect([there.code, meThere, home.code]).to.deep.equal([0, ANN.email, 0]);
      expect(await whoIs(third.origin, cookie)).to.equal(ANN.email);
    });
  });

  it('is held to its signing keys in the new place', async () => {
    const [url, folder, stranger] = [await postgresUrl(), await tempFolder(), await tempFolder()];
    const settings = { AUTH_TYPE: 'jwt_auth', STORAGE_URL: url };
    await stop(await start({ AUTH_TYPE: 'jwt_auth', STORAGE_DIR: folder }));
    await migrate({ from: `file:${folder}`, to: 'env:URL' }, { URL: url });

    const other = ServerProcess.node({ ...settings, STORAGE_DIR: stranger });
    expect(await other.exited).to.equal(1);
    await start({ ...settings, STORAGE_DIR: folder });

    expect(other.stderr).to.contain('sign with other keys');
  });

  it('is told which keys to take along, and refused a target whose servers have others', async () => {
    const [url, folder, stranger] = [await postgresUrl(), await tempFolder(), await tempFolder()];
    for (const STORAGE_DIR of [folder, stranger])
      await stop(await start({ AUTH_TYPE: 'jwt_auth', STORAGE_DIR }));
    const env = { URL: url, STORAGE_DIR: folder };
    const there = await migrate({ from: 'file:', to: 'env:URL' }, env);
    const again = await migrate({ from: 'env:URL', to: `file:${stranger}` }, env);
    await runSql(url, `update gatehouse_meta set value = 'another' where name = 'keys'`);
    const refused = await migrate({ from: 'file:', to: 'env:URL' }, env);

    expect(there.stdout).to.contain(`keep ${folder}/keys.json for the servers on the target`);
    expect(again.code).to.equal(0);
    expect(again.stdout).to.contain(`${stranger}/keys.json has OTHER keys`);
    expect(refused.code).to.equal(1);
    expect(refused.stderr).to.contain(
      'have other signing keys than those on the source. Nothing was changed',
    );
  });

  it('is told to stop first when it still writes to the source, and later that the target has another state', async () => {
    const [folder, env] = [await tempFolder(), { ONE: await postgresUrl(), OTHER: await postgresUrl() }];
    const { origin } = await start({
      AUTH_TYPE: 'session_db_auth',
      STORAGE_DIR: folder,
      STORAGE_URL: env.ONE,
    });
    await login(origin);
    const rename = (to: number) =>
      runSql(env.ONE, `update gatehouse_user set record = '{"id":"a","email":"${to}"}'`);

    const migration = new MigrateCli(['--from', 'env:ONE', '--to', 'env:OTHER'], env);
    for (let i = 0; migration.child.exitCode === null; i += 1) await rename(i);
    const { code, stdout, stderr } = await migration.ended;
    const again = await migrate({ from: 'env:ONE', to: 'env:OTHER' }, env);

    expect([code, again.code]).to.deep.equal([1, 1]);
    expect(stdout).to.contain('User: 1 copied').and.not.contain('Done');
    expect(stderr).to.contain('User a is not the same in both').and.contain('stop all servers on both');
    expect(again.stderr).to.contain('a migration whose source has changed since');
  });
});

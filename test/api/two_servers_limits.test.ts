import { expect } from 'chai';
import postgres from 'postgres';
import { openStorage } from '../../models/storage.js';
import { User } from '../../models/user.js';
import { AdminCli } from '../support/admin_cli.js';
import { makeUser, PASSWORD, useFastHasher } from '../support/app.js';
import { needPostgres, postgresUrl } from '../support/postgres_process.js';
import { needRedis, redisUrl } from '../support/redis_process.js';
import { ServerProcess } from '../support/server_process.js';
import { cleanUpLater, tempFolder } from '../support/temp_storage.js';

/** Two server processes on one empty store, and what else an operator has. */
interface Servers {
  readonly origins: readonly [string, string];
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Starts them, and opens their store for the test itself. */
async function startTwo(where: string): Promise<Servers> {
  const [url, folder] = [await postgresUrl(), await tempFolder()];
  const sessionUrl = where.includes('Redis') ? await redisUrl() : null;
  const env = { STORAGE_URL: url, ...(sessionUrl !== null && { SESSION_STORAGE_URL: sessionUrl }) };
  const settings = { AUTH_TYPE: 'session_db_auth', STORAGE_DIR: folder, SCRYPT_COST: '2,8,1', ...env };
  const start = async (): Promise<string> => `http://127.0.0.1:${await ServerProcess.node(settings).port()}`;
  const origins = [await start(), await start()] as const;
  const storage = await openStorage({ folder, url, sessionUrl, durableSessions: true, warn: () => {} });
  cleanUpLater(() => storage.close());
  useFastHasher();
  return { origins, folder, env };
}

async function send(
  origin: string,
  method: string,
  path: string,
  body: object,
  cookie = '',
): Promise<Response> {
  const headers = { 'Content-Type': 'application/json', ...(cookie && { cookie }) };
  return fetch(`${origin}${path}`, { method, headers, body: JSON.stringify(body) });
}

async function tryPassword(origin: string, { email }: User, password: string): Promise<Response> {
  return send(origin, 'POST', '/auth/login', { email, password });
}

function cookieIn(answer: Response): string {
  const line = answer.headers.getSetCookie().find((text) => text.startsWith('_my_session_id='));
  return line?.split(';')[0] ?? '';
}

describe('two server processes', function () {
  this.timeout(20_000);
  beforeEach(needPostgres);

  for (const where of ['PostgreSQL', 'PostgreSQL with sessions in Redis']) {
    it(`V6.3.1 let five guesses of a burst pass on ${where}, and obey an unlock of the admin program at once`, async function () {
      if (where.includes('Redis')) needRedis.call(this);
      const { origins, folder, env } = await startTwo(where);
      const user = await makeUser();

      const answers = await Promise.all(
        Array.from({ length: 30 }, (_, made) =>
          tryPassword(origins[made % 2] as string, user, `guess ${made}`),
        ),
      );
      const right = await Promise.all(origins.map((origin) => tryPassword(origin, user, PASSWORD)));
      const unlock = await new AdminCli(folder).runWith({ env }, 'unlock', user.email ?? '');
      const after = await Promise.all(origins.map((origin) => tryPassword(origin, user, PASSWORD)));

      expect(answers.filter(({ status }) => status === 401)).to.have.length(5);
      expect(answers.filter(({ status }) => status === 429)).to.have.length(25);
      expect(right.map(({ status }) => status)).to.deep.equal([429, 429]);
      expect(unlock.code).to.equal(0);
      expect(after.map(({ status }) => status)).to.deep.equal([200, 200]);
    });
  }

  it('keep one admin when two take the role from each other at once', async () => {
    const { origins, env } = await startTwo('PostgreSQL');
    const url = env['STORAGE_URL'] ?? '';
    const admins = [await makeUser({ role: 'admin' }), await makeUser({ role: 'admin' })] as const;
    const cookies = await Promise.all(
      admins.map(async (admin, index) =>
        cookieIn(await tryPassword(origins[index] as string, admin, PASSWORD)),
      ),
    );

    const demoteEachOther = () =>
      Promise.all(
        admins.map((_, index) => {
          const path = `/auth/users/${admins[1 - index]?.id}`;
          return send(origins[index] as string, 'PUT', path, { role: 'user' }, cookies[index]);
        }),
      );
    const answers = await whileNobodyWrites(url, 2, demoteEachOther);

    // Both, or the one that looked again before the other had taken its change back.
    const refused = answers.filter(({ status }) => status === 409);
    expect(refused.length).to.be.at.least(1);
    expect(await User.search({ role: 'admin' })).to.have.length(refused.length);
  });
});

/** Keeps all writes of users waiting until so many do, so that they happen at once. */
async function whileNobodyWrites<T>(url: string, count: number, work: () => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    const begun = await sql.begin(async (transaction) => {
      await transaction.unsafe('lock table gatehouse_user in share mode');
      const done = work();
      const waiting =
        "select count(*)::int as n from pg_locks where not granted and relation = 'gatehouse_user'::regclass";
      for (let n = 0; n < count;) n = Number((await transaction.unsafe(waiting))[0]?.['n']);
      return { done };
    });
    return await begun.done;
  } finally {
    await sql.end({ timeout: 1 });
  }
}

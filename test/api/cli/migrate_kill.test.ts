import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import { manySessions, readRecords, writeRecords } from '../../support/all_records.js';
import { migrate, MigrateCli } from '../../support/migrate_cli.js';
import {
  needOwnPostgres,
  needPostgres,
  postgresUrl,
  PostgresProcess,
  runSql,
} from '../../support/postgres_process.js';
import { needOwnRedis, RedisProcess } from '../../support/redis_process.js';
import { tempFolder } from '../../support/temp_storage.js';

const ALL = manySessions(8000);
const IDS = ALL['UserSession']?.map(({ id }) => id);

/** Kills a migration without mercy once so much of it is done; resolves to what ended it. */
async function killOnce(cli: MigrateCli, isReached: () => Promise<boolean> | boolean): Promise<unknown> {
  while (cli.child.exitCode === null && !(await isReached())) await nextTurn();
  cli.child.kill('SIGKILL');
  return (await cli.ended).code;
}

/** What a run says of sessions: how many it copied and how many it found. */
function countsIn(stdout: string): number[] {
  const [, copied = '', found = '0'] =
    /UserSession: ([\d,]+) copied(?:, ([\d,]+) were there)?/.exec(stdout) ?? [];
  return [copied, found].map((text) => Number(text.replace(',', '')));
}

/** Runs the same migration again to its end; resolves to how many sessions the first run had written. */
async function goOn(options: Record<string, string>, env: Record<string, string> = {}): Promise<number> {
  const { code, stdout, stderr } = await migrate(options, env);
  expect(code, stderr).to.equal(0);
  const [copied = 0, found = 0] = countsIn(stdout);
  expect(copied + found).to.equal(8000);
  return found;
}

describe('npm run migrate, killed in mid-copy,', function () {
  this.timeout(30_000);
  let from = '';
  beforeEach(async () => {
    from = await tempFolder();
    await writeRecords(from, ALL);
  });

  for (const bytes of [1, 300_000, 700_000]) {
    it(`goes on in a folder where it stopped (byte ${bytes} and some)`, async () => {
      const to = await tempFolder();
      const file = join(to, 'UserSession.jsonl');
      const sizeOf = (): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

      const killed = await killOnce(
        new MigrateCli(['--from', `file:${from}`, '--to', `file:${to}`]),
        () => sizeOf() >= bytes,
      );
      const found = await goOn({ from: `file:${from}`, to: `file:${to}` });

      expect(killed).to.equal('SIGKILL');
      expect(found).to.be.within(bytes > 1 ? 1 : 0, 7999);
      expect((await readRecords(to))['UserSession']).to.deep.equal(ALL['UserSession']);
    });
  }

  describe('with PostgreSQL', () => {
    beforeEach(needPostgres);

    for (const count of [0, 4000]) {
      it(`goes on in the database where it stopped (record ${count} and some)`, async () => {
        const env = { URL: await postgresUrl() };
        const rows = async (): Promise<number> => {
          const counted = runSql(env.URL, 'select count(*) from gatehouse_user_session');
          return Number((await counted.catch(() => []))[0]?.['count'] ?? -1);
        };

        const killed = await killOnce(
          new MigrateCli(['--from', `file:${from}`, '--to', 'env:URL'], env),
          async () => (await rows()) >= count,
        );
        const found = await goOn({ from: `file:${from}`, to: 'env:URL' }, env);
        const order = await runSql(env.URL, 'select id from gatehouse_user_session order by seq');

        expect(killed).to.equal('SIGKILL');
        expect(found).to.be.within(count, 7999);
        expect(order.map(({ id }) => id)).to.deep.equal(IDS);
      });
    }
  });

  describe('with Redis', () => {
    beforeEach(needOwnRedis);

    for (const count of [1, 2500]) {
      it(`goes on in the Redis where it stopped (key ${count} and some)`, async () => {
        const redis = await RedisProcess.start();
        const options = { from: `file:${from}`, to: `file:${from}`, sessionsTo: redis.url };

        const killed = await killOnce(
          new MigrateCli(['--from', options.from, '--to', options.to, '--sessions-to', redis.url]),
          async () => Number(await redis.say('DBSIZE')) >= count,
        );
        const found = await goOn(options);
        const back = await tempFolder();
        await migrate({ from: `file:${from}`, to: `file:${back}`, sessionsFrom: redis.url });

        expect(killed).to.equal('SIGKILL');
        expect(found).to.be.within(count > 1 ? 1 : 0, 7999);
        expect((await readRecords(back))['UserSession']).to.deep.equal(ALL['UserSession']);
      });
    }
  });

  describe('or left alone by its database,', () => {
    beforeEach(needOwnPostgres);

    it('says so at once, and goes on when that is back', async () => {
      const database = await PostgresProcess.start();
      const env = { URL: database.url };
      const cli = new MigrateCli(['--from', `file:${from}`, '--to', 'env:URL'], env);
      let isThere = false;
      while (!isThere)
        isThere = await runSql(env.URL, 'select 1 from gatehouse_user_session limit 1').then(
          (found) => found.length > 0,
          () => false,
        );

      await database.kill();
      const { code, stdout, stderr } = await cli.ended;
      await database.restart();
      const found = await goOn({ from: `file:${from}`, to: 'env:URL' }, env);

      expect(code).to.equal(1);
      expect(stdout).not.to.contain('Done');
      expect(stderr).to.contain('Not done: storage is not available: PostgreSQL (127.0.0.1:');
      expect(found).to.be.within(1, 7999);
    });
  });
});

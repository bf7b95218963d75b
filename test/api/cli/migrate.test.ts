import { join } from 'node:path';
import { expect } from 'chai';
import fs from 'fs-extra';
import { everyKind, over, readRecords, writeRecords } from '../../support/all_records.js';
import { Child } from '../../support/child.js';
import { migrate } from '../../support/migrate_cli.js';
import { needPostgres, postgresUrl, runSql } from '../../support/postgres_process.js';
import { needOwnRedis, RedisProcess } from '../../support/redis_process.js';
import { bytesOf, tempFolder } from '../../support/temp_storage.js';

/** What the test servers' password is; no line of output may have it. */
const PASSWORD = 'only-for-this-test';

/** A folder with every kind of record, some of which are over. */
async function fullFolder(): Promise<string> {
  const folder = await tempFolder();
  await writeRecords(folder, over(), everyKind());
  return folder;
}

describe('npm run migrate', function () {
  this.timeout(20_000);

  it('copies every kind of record from one folder to another', async () => {
    const [from, to] = [await fullFolder(), join(await tempFolder(), 'new')];
    const before = await bytesOf(from);

    const { code, stdout, stderr } = await migrate(
      { from: 'file:', to: `file:${to}` },
      { STORAGE_DIR: from },
    );

    expect([code, stderr]).to.deep.equal([0, '']);
    expect(await readRecords(to)).to.deep.equal(everyKind());
    expect(await bytesOf(from)).to.deep.equal(before);
    expect((await fs.stat(to)).mode & 0o777).to.equal(0o700);
    expect(stdout).to.contain('User: 5 copied\n');
    expect(stdout).to.contain('UserSession: 3 copied, 1 were over and stay behind\n');
    expect(stdout).to.match(/ThrottleEntry: 4 are the same in both, SHA-256 [\da-f]{64}\n/);
    expect(stdout).to.contain(`a copy of their keys file (${from}/keys.json)`);
    expect(stdout).to.match(/\nDone: the target holds what the source does\.\n$/);
  });

  it('reads a source as it is: with dead lines, a torn last one, and what a crash left', async () => {
    const [from, to] = [await fullFolder(), await tempFolder()];
    const torn = `{"id":"gone","email":"g@x"}\n{"id":"gone","deleted":true}\n`.repeat(2000);
    await fs.appendFile(join(from, 'User.jsonl'), `${torn}{"id":"torn`);
    await fs.writeFile(join(from, 'User.jsonl.compact'), 'half');
    await fs.remove(join(from, 'ThrottleEntry.jsonl'));
    await fs.chmod(join(from, 'User.jsonl'), 0o644);
    const before = await bytesOf(from);

    const { code, stderr } = await migrate({ from: `file:${from}`, to: `file:${to}` });

    expect(code).to.equal(0);
    expect(stderr).to.contain('leaving out a torn last line (11 bytes)');
    expect(await bytesOf(from)).to.deep.equal(before);
    expect((await fs.stat(join(from, 'User.jsonl'))).mode & 0o777).to.equal(0o644);
    expect(await readRecords(to)).to.deep.equal({ ...everyKind(), ThrottleEntry: [] });
  });

  it('waits for no server: it is refused while one works in the source or in the target', async () => {
    const [from, to] = [await fullFolder(), await tempFolder()];
    for (const held of [from, to]) {
      const holder = Child.helper('lock_holder.js', held);
      await holder.says(/\n/);

      const { code, stdout, stderr } = await migrate({ from: `file:${from}`, to: `file:${to}` });
      await holder.kill();

      expect([code, stdout]).to.deep.equal([1, '']);
      expect(stderr).to.equal(
        `Not done: the storage folder ${held} is in use by process ${holder.pid}; stop it first\n`,
      );
    }
    expect(await bytesOf(to)).to.deep.equal({});
  });

  it('refuses a target with other data, and changes nothing in it, whichever model it is', async () => {
    for (const model of ['User', 'UserSession', 'ThrottleEntry'] as const) {
      const [from, to] = [await fullFolder(), await tempFolder()];
      const other = { ...everyKind()[model]?.[0], id: 'other' };
      await writeRecords(to, { [model]: [other] });
      const before = await bytesOf(to);

      const { code, stderr } = await migrate({ from: `file:${from}`, to: `file:${to}` });

      expect(code).to.equal(1);
      expect(stderr).to.match(
        new RegExp(`^Not done: the target holds other data: ${model} other .*Nothing was changed`),
      );
      expect(stderr).to.contain(`move ${to}/${model}.jsonl away`);
      expect(await bytesOf(to)).to.deep.equal(before);
    }
  });

  it('refuses a damaged source, one that is none, one place given twice, and options it does not know', async () => {
    const [from, to, empty] = [await fullFolder(), await tempFolder(), await tempFolder()];
    const target = { to: `file:${to}` };
    await fs.symlink(from, join(empty, 'link'));

    const refusals = [
      await migrate({ ...target, from: `file:${empty}` }),
      await migrate({ ...target, from: `file:${empty}/nothing` }),
      await migrate({ from: `file:${from}`, to: `file:${empty}/link` }),
      await migrate({ ...target, from: 'mysql://me:only-for-this-test@host/db' }),
      await migrate({ ...target, from: 'postgres://only-for-this-test' }),
      await migrate({ ...target, from: 'redis://:only-for-this-test@host' }),
      await migrate({ ...target, from: 'file:', sessionsFrom: 'redis://only-for-this-test@host' }),
      await migrate({ ...target, from: 'env:NOT_SET' }),
      await migrate({ ...target, from: 'file:', 'form=postgres://me:only-for-this-test@host/db': '' }),
      await migrate({ from: 'file:' }),
    ];
    await fs.appendFile(join(from, 'UserSession.jsonl'), 'nonsense\n');
    const damaged = await migrate({ ...target, from: `file:${from}` });

    for (const [i, said] of [
      `there is no store of Gatehouse: files in ${empty}\n`,
      `there is no folder ${empty}/nothing\n`,
      'source and target are the same place\n',
      '--from must be file:DIR, postgres://… or env:NAME\n',
      'it must name a user, a host and a database\n',
      '--from must be file:DIR, postgres://… or env:NAME\n',
      'the Redis URL cannot be used',
      '--from names a variable of the environment that is not set\n',
      "error: unknown option '--form=…",
      "error: required option '--to <url>' not specified",
    ].entries()) {
      expect(refusals[i]?.stderr).to.contain(said);
      expect(refusals[i]).to.include({ code: 1, stdout: '' });
      expect(refusals[i]?.stderr).not.to.contain(PASSWORD);
    }
    expect(damaged.code).to.equal(1);
    expect(damaged.stderr).to.contain('UserSession.jsonl, line 6 is not valid JSON. Nothing was changed');
    expect(await bytesOf(to)).to.deep.equal({});
  });
});

describe('npm run migrate with PostgreSQL', function () {
  this.timeout(20_000);
  beforeEach(needPostgres);

  it('brings every kind of record there and on to another one and back, as it was', async () => {
    const [from, back] = [await fullFolder(), await tempFolder()];
    const env = { ONE: await postgresUrl(), OTHER: await postgresUrl() };

    const runs = [
      await migrate({ from: `file:${from}`, to: 'env:ONE' }, env),
      await migrate({ from: 'env:ONE', to: 'env:OTHER' }, env),
      await migrate({ from: 'env:OTHER', to: `file:${back}` }, env),
    ];

    expect(runs.map(({ code, stderr }) => [code, stderr])).to.deep.equal([
      [0, ''],
      [0, ''],
      [0, ''],
    ]);
    expect(await readRecords(back)).to.deep.equal(everyKind());
    const digests = runs.map(({ stdout }) => stdout.match(/SHA-256 .*/g)?.join());
    expect(new Set(digests).size).to.equal(1);
    expect(runs.map(({ stdout }) => stdout).join()).not.to.contain(PASSWORD);
  });

  it('needs no right but to read in the source, not even for what a server makes or removes there', async () => {
    const [url, from] = [await postgresUrl(), await fullFolder()];
    await migrate({ from: `file:${from}`, to: 'env:URL' }, { URL: url });
    const schema = new URL(url).searchParams.get('options')?.split('=')[1] ?? '';
    const role = `${schema}_reader`;
    await runSql(
      url,
      `create role ${role} login password '${PASSWORD}'; grant usage on schema ${schema} to ${role};
       grant select on all tables in schema ${schema} to ${role}; drop table gatehouse_throttle_entry;
       delete from gatehouse_meta where name = 'table gatehouse_throttle_entry'`,
    );
    const reader = new URL(url);
    [reader.username, reader.password] = [role, PASSWORD];
    const to = await tempFolder();

    const { code, stderr } = await migrate({ from: 'env:URL', to: `file:${to}` }, { URL: reader.href });
    await runSql(url, `drop owned by ${role}; drop role ${role}`);

    expect([code, stderr]).to.deep.equal([0, '']);
    expect(await readRecords(to)).to.deep.equal({ ...everyKind(), ThrottleEntry: [] });
  });

  it('makes no table in a target that it refuses, nor in a source that is none', async () => {
    const [url, from, to] = [await postgresUrl(), await fullFolder(), await tempFolder()];
    const none = await migrate({ from: 'env:URL', to: `file:${to}` }, { URL: url });
    const tables = async () =>
      runSql(url, 'select tablename from pg_tables where schemaname = current_schema()');
    expect(await tables()).to.deep.equal([]);
    await migrate({ from: `file:${from}`, to: 'env:URL' }, { URL: url });
    await runSql(
      url,
      `drop table gatehouse_throttle_entry; update gatehouse_user set record = '{"id":"zoe"}' where id = 'zoe'`,
    );
    await runSql(url, `delete from gatehouse_meta where name = 'table gatehouse_throttle_entry'`);

    const refused = await migrate({ from: `file:${from}`, to: 'env:URL' }, { URL: url });

    expect(none.stderr).to.contain('there is no store of Gatehouse: PostgreSQL at');
    expect(refused.stderr).to.contain('User zoe is not in the source, or not in this place or form');
    expect(await tables()).to.have.length(4);
  });
});

describe('npm run migrate with Redis', function () {
  this.timeout(20_000);
  beforeEach(needOwnRedis);

  it('takes sessions and throttle entries to a Redis, to another one and back, and users nowhere', async () => {
    const redis = await RedisProcess.start({ requirepass: PASSWORD });
    const at = (db: number) => redis.url.replace('://', `://:${PASSWORD}@`) + `/${db}`;
    const env = { ONE: at(1), OTHER: at(2) };
    const [from, back] = [await fullFolder(), await tempFolder()];
    const home = { from: `file:${from}`, to: `file:${from}` };
    const before = await bytesOf(from);

    const runs = [
      await migrate({ ...home, sessionsTo: 'env:ONE' }, env),
      await migrate({ ...home, sessionsFrom: 'env:ONE', sessionsTo: 'env:OTHER' }, env),
      await migrate({ ...home, sessionsFrom: 'env:OTHER', to: `file:${back}` }, env),
    ];

    expect(runs.map(({ code }) => code)).to.deep.equal([0, 0, 0]);
    expect(runs[0]?.stdout).to.contain(`to Redis at 127.0.0.1:${redis.port}/1`).and.not.contain('User:');
    expect(await readRecords(back)).to.deep.equal(everyKind());
    expect(await bytesOf(from)).to.deep.equal(before);
    expect(JSON.stringify(runs)).not.to.contain(PASSWORD);
  });

  it('refuses a Redis with sessions of others, and changes none of them', async () => {
    const redis = await RedisProcess.start();
    const [from, other] = [await fullFolder(), await tempFolder()];
    const UserSession = [{ ...everyKind()['UserSession']?.[0], id: 'other' }];
    await writeRecords(other, { User: [], UserSession });
    const to = (folder: string) => ({ from: `file:${folder}`, to: `file:${folder}`, sessionsTo: redis.url });
    await migrate(to(other));
    const keys = await redis.say('KEYS', '*');

    const { code, stderr } = await migrate(to(from));

    expect(code).to.equal(1);
    expect(stderr).to.contain('UserSession other is not in the source');
    expect(stderr).to.contain('remove the keys that begin with gatehouse:UserSession:');
    expect(await redis.say('KEYS', '*')).to.deep.equal(keys);
  });
});

import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import postgres, { type Sql } from 'postgres';
import { indexKey, tableName } from '../../models/engine/postgres/names.js';
import { PostgresStore } from '../../models/engine/postgres/postgres_store.js';
import { RedisStore } from '../../models/engine/redis/redis_store.js';
import type { Index, StoredRecord } from '../../models/engine/storage_engine.js';
import { User } from '../../models/user.js';
import { SESSION_CEILING, UserSession } from '../../models/user_session.js';
import type { Findings } from '../lib/findings.js';
import { costOf, makeUsers, sessionRecord } from '../lib/seed.js';
import { progress } from '../lib/stats.js';
import { schemaOf } from './contestants.js';
import type { Engine, Engines } from './engines.js';

/** Rows that are made at once. */
const SLICE = 10_000;
/** Sessions that are written to Redis, through the engine. */
const IN_REDIS = 50_000;

type Row = readonly [table: string, count: string, bytes: string, ofTable: string, ofIndexes: string];

/** What a user and a session take on each engine, by how many there are. */
export async function sizes(engines: Engines, counts: readonly number[], findings: Findings): Promise<void> {
  const rows: Row[] = [];
  for (const count of engines.postgres ? counts : [])
    rows.push(...(await inPostgres(engines.postgres as Engine, count, findings)));
  if (engines.redis) rows.push(await inRedis(engines.redis, findings));
  if (rows.length > 0)
    findings.table('bytes a record', [['records of', 'how many', 'all', 'rows', 'indexes'], ...rows]);
}

async function inPostgres(engine: Engine, count: number, findings: Findings): Promise<Row[]> {
  const url = await schemaOf(engine);
  const store = await PostgresStore.open({ url, warn: () => {} });
  for (const { name: model, indexes } of [User, UserSession]) store.engine({ model, indexes });
  await store.check();
  await store.close();
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    const user = (await makeUsers(0, costOf('15,8,1')))[0]?.toRecord();
    const rows: Row[] = [];
    for (const [model, indexes, recordAt] of [
      ['User', User.indexes, (i: number) => userRecord(user as StoredRecord, i)],
      ['UserSession', UserSession.indexes, () => sessionRecord({ user_id: crypto.randomUUID() })],
    ] as const) {
      progress(`${count} records of ${model} in PostgreSQL`);
      await copyIn(sql, model, indexes, count, recordAt);
      const table = tableName(model);
      await sql.unsafe(`vacuum analyze ${table}`);
      const [size] = await sql.unsafe(
        `select pg_total_relation_size('${table}') as all, pg_indexes_size('${table}') as indexes`,
      );
      const [all, ofIndexes] = [Number(size?.['all']), Number(size?.['indexes'])];
      findings.figure(`stores.bytes.${model}.${count}`, all / count);
      const each = (bytes: number): string => (bytes / count).toFixed(0);
      rows.push([`${model}, PostgreSQL`, String(count), each(all), each(all - ofIndexes), each(ofIndexes)]);
    }
    return rows;
  } finally {
    await sql.unsafe(`drop schema ${new URL(url).searchParams.get('options')?.split('=')[1]} cascade`);
    await sql.end();
  }
}

function userRecord(like: StoredRecord, i: number): StoredRecord {
  return { ...like, id: crypto.randomUUID(), email: `person.number.${i}@example.org` };
}

/** As the engine stores them, without a question for each. */
async function copyIn(
  sql: Sql,
  model: string,
  indexes: readonly Index[],
  count: number,
  recordAt: (i: number) => StoredRecord,
): Promise<void> {
  const columns = ['id', 'version', 'record', 'expires_at', ...indexes.map((one) => `key_${one.attribute}`)];
  const target = await sql.unsafe(`copy ${tableName(model)} (${columns.join()}) from stdin`).writable();
  const lines = function* (): Generator<string> {
    for (let from = 0; from < count; from += SLICE) {
      const size = Math.min(SLICE, count - from);
      yield Array.from({ length: size }, (_, i) => lineOf(recordAt(from + i), model, indexes)).join('');
    }
  };
  await pipeline(Readable.from(lines()), target);
}

/** Nothing in it has a tab, a newline or a backslash. */
function lineOf(record: StoredRecord, model: string, indexes: readonly Index[]): string {
  const expiry = model === 'User' ? '\\N' : String(inAMonth());
  const keys = indexes.map((index) => {
    const value = record[index.attribute];
    return typeof value === 'string' ? indexKey(index, value) : '\\N';
  });
  return `${[record.id, '1', JSON.stringify(record), expiry, ...keys].join('\t')}\n`;
}

function inAMonth(): number {
  return Date.now() + SESSION_CEILING * 1000;
}

/** What the server uses more afterwards, with its tables; each user has two sessions. */
async function inRedis({ url }: Engine, findings: Findings): Promise<Row> {
  const { Redis } = await import('ioredis');
  const redis = new Redis(url);
  const used = async (): Promise<number> => Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);
  const store = await RedisStore.open({ url, prefix: `sizes-${process.pid}:`, warn: () => {} });
  const { name: model, indexes } = UserSession;
  const engine = store.engine({ model, indexes, expiresAt: inAMonth });
  progress(`${IN_REDIS} sessions in Redis`);
  const before = await used();
  for (let from = 0; from < IN_REDIS; from += 500)
    await Promise.all(
      Array.from({ length: 250 }, () => crypto.randomUUID()).flatMap((user_id) =>
        [0, 1].map(() => engine.put(sessionRecord({ user_id }))),
      ),
    );
  const each = ((await used()) - before) / IN_REDIS;
  await store.close();
  redis.disconnect();
  findings.figure('stores.bytes.redis', each);
  return ['UserSession, Redis', String(IN_REDIS), each.toFixed(0), '-', '-'];
}

import { AsyncLocalStorage } from 'node:async_hooks';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bindModel, type Base, type ModelClass } from '../../models/base.js';
import { FileEngine } from '../../models/engine/file_engine.js';
import type { SharedStore } from '../../models/engine/shared_store.js';
import type { StorageEngine } from '../../models/engine/storage_engine.js';
import { MODELS, tableOf, useMemory } from '../../models/storage.js';
import { User } from '../../models/user.js';
import { sharedPostgresUrl } from './postgres_process.js';
import { redisUrl } from './redis_process.js';

/** Where the applications of tests keep records; npm run test:stores sets it. */
export const STORES = ['memory', 'file', 'postgres', 'postgres+redis'] as const;
export type StoreName = (typeof STORES)[number];
export const STORE: StoreName = STORES.find((name) => name === process.env['TEST_STORE']) ?? 'memory';
/** As many servers share the store, each with connections of its own, and requests go to them in turn. */
export const SERVERS = Number(process.env['TEST_SERVERS'] ?? '1');

type Engines = ReadonlyMap<ModelClass<Base>, StorageEngine>;

/** A store that tests use one after the other, and what each server has of it. */
interface Place {
  readonly engines: readonly Engines[];
  /** Removes all records. */
  readonly empty: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Whose request is being answered; the tests' own calls are those of the first server. */
const answering = new AsyncLocalStorage<number>();
/** Kept from test to test: to open one costs more than to empty it. */
let place: Promise<Place> | null = null;
/** Resolves once nothing is left of the tests before. */
let isEmpty: Promise<unknown> = Promise.resolve();

/** Binds the models to an empty store: memory, or what TEST_STORE says. */
export function useEmptyStore(): void {
  if (STORE === 'memory') return useMemory();
  const open = (place ??= STORE === 'file' ? openFiles() : openShared());
  isEmpty = Promise.all([open, isEmpty]).then(async ([{ empty }]) => empty());
  const opened = isEmpty.then(async () => open);
  // Whoever uses the engine is told.
  opened.catch(() => {});
  for (const model of MODELS) bindModel(model, engineOf(model, opened), { isShared: STORE !== 'file' });
}

/** Does something as one of the servers, with its engines. */
export function asServer<T>(server: number, work: () => T): T {
  return answering.run(server, work);
}

/** Closes what tests were given, unless this process has the tests of other files to come; see setup.ts. */
export async function closeStores(): Promise<void> {
  if (process.env['MOCHA_WORKER_ID'] !== undefined) return;
  const open = place;
  place = null;
  await isEmpty.catch(() => {});
  await (await open)?.close();
}

/** Calls the engine of the server that asks, once the store is empty. */
function engineOf(model: ModelClass<Base>, opened: Promise<Place>): StorageEngine {
  const own = async (): Promise<StorageEngine> => {
    const { engines } = await opened;
    const engine = engines[answering.getStore() ?? 0]?.get(model);
    if (!engine) throw new Error(`${model.name} is kept nowhere`);
    return engine;
  };
  async function* slices(size: number) {
    yield* (await own()).slices(size);
  }
  return new Proxy({} as StorageEngine, {
    get: (_, name) => {
      if (name === 'slices') return slices;
      return async (...args: unknown[]) => {
        const engine = await own();
        const method = engine[name as keyof StorageEngine];
        if (!method) throw new Error(`the engine has no ${String(name)}`);
        return Reflect.apply(method, engine, args) as unknown;
      };
    },
  });
}

async function openFiles(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-'));
  const engines: Engines = new Map(
    await Promise.all(
      MODELS.map(async (model) => {
        const { name, indexes } = model;
        const engine: StorageEngine = await FileEngine.open({ folder, model: name, indexes, warn: () => {} });
        return [model, engine] as const;
      }),
    ),
  );
  return {
    engines: [engines],
    empty: async () => {
      for (const engine of engines.values()) for (const { id } of await engine.all()) await engine.delete(id);
    },
    close: async () => {
      await Promise.all([...engines.values()].map((engine) => engine.close()));
      await rm(folder, { recursive: true });
    },
  };
}

async function openShared(): Promise<Place> {
  // Loaded here: this file is a part of every test, and most have no use for them.
  const [{ PostgresStore }, { RedisStore }] = await Promise.all([
    import('../../models/engine/postgres/postgres_store.js'),
    import('../../models/engine/redis/redis_store.js'),
  ]);
  const database = await openDatabase();
  const redis = STORE === 'postgres+redis' ? await openRedis() : null;
  const stores: SharedStore[] = [];
  const engines: Engines[] = [];
  for (let server = 0; server < SERVERS; server += 1) {
    const main = await PostgresStore.open({ url: database.url, warn: () => {} });
    const sessions = redis && (await RedisStore.open({ ...redis, warn: () => {} }));
    stores.push(main, ...(sessions ? [sessions] : []));
    const storeOf = (model: unknown): SharedStore => (model === User ? main : (sessions ?? main));
    engines.push(new Map(MODELS.map((model) => [model, storeOf(model).engine(tableOf(model))])));
    await main.check();
  }
  return {
    engines,
    empty: async () => {
      await Promise.all([database.empty(), redis?.empty()]);
    },
    close: async () => {
      await Promise.all(stores.map((store) => store.close()));
      await Promise.all([database.remove(), redis?.remove()]);
    },
  };
}

/** Deletes the rows of all tables but that which describes the others. */
const EMPTY = `do $$ declare name text; begin
  for name in select tablename from pg_tables where schemaname = current_schema() and tablename <> 'gatehouse_meta'
  loop execute format('delete from %I', name); end loop; end $$`;

/** A schema of this process's own. */
async function openDatabase() {
  const { default: postgres } = await import('postgres');
  const schema = `gatehouse_stores_${process.pid}`;
  const url = new URL(await sharedPostgresUrl());
  url.searchParams.set('options', `-c search_path=${schema}`);
  const sql = postgres(url.href, { max: 1, onnotice: () => {} });
  await sql.unsafe(`drop schema if exists ${schema} cascade; create schema ${schema}`);
  return {
    url: url.href,
    empty: async () => sql.unsafe(EMPTY),
    remove: async () => {
      await sql.unsafe(`drop schema ${schema} cascade`);
      await sql.end();
    },
  };
}

/** Keys with a prefix of this process's own. */
async function openRedis() {
  const { Redis } = await import('ioredis');
  const prefix = `gatehouse-stores-${process.pid}:`;
  const url = await redisUrl();
  const redis = new Redis(url);
  const empty = async (): Promise<void> => {
    const keys = await redis.keys(`${prefix}*`);
    if (keys.length > 0) await redis.del(keys);
  };
  return {
    url,
    prefix,
    empty,
    remove: async () => {
      await empty();
      redis.disconnect();
    },
  };
}

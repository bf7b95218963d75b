import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { bindModel } from '../../models/base.js';
import { MemoryEngine } from '../../models/engine/memory_engine.js';
import { PostgresStore } from '../../models/engine/postgres/postgres_store.js';
import { RedisStore } from '../../models/engine/redis/redis_store.js';
import type { StorageEngine, StoredRecord } from '../../models/engine/storage_engine.js';
import { MODELS, tableOf, useMemory } from '../../models/storage.js';
import { needPostgres, postgresUrl } from './postgres_process.js';
import { needRedis, newPrefix, redisUrl } from './redis_process.js';
import { cleanUpLater } from './temp_storage.js';

/** What every engine has. */
type Method = Exclude<keyof StorageEngine, 'putAll'>;

/** Stores that processes may share. With Redis the users stay in another one, which is memory here. */
export const STORES = ['memory', 'PostgreSQL', 'Redis'] as const;
export type Store = (typeof STORES)[number];

type Engines = ReadonlyMap<string, StorageEngine>;
const here = new AsyncLocalStorage<Process>();

/** A call that is kept from the store until the test lets it go on. */
export interface HeldCall {
  /** Resolves once somebody has asked for it. */
  readonly held: Promise<void>;
  goOn(): void;
}

/**
 * A server process as far as the models can tell: what is run in one uses a connection of its own to the store. Real
 * ones have a clock of their own as well; these have the test's.
 */
export class Process {
  readonly #engines: Engines;
  readonly #holds = new Map<string, () => Promise<void>>();

  constructor(engines: Engines) {
    this.#engines = engines;
  }

  run<T>(work: () => T): T {
    return here.run(this, work);
  }

  /** Keeps the next call of this method for a model from reaching the store. */
  hold(model: string, method: Method): HeldCall {
    let [isHeld, goOn] = [() => {}, () => {}];
    const held = new Promise<void>((resolve) => (isHeld = resolve));
    const release = new Promise<void>((resolve) => (goOn = resolve));
    this.#holds.set(`${model} ${method}`, async () => {
      isHeld();
      await release;
    });
    return { held, goOn: () => goOn() };
  }

  /** Has the store do something, once it is not held. */
  call(model: string, method: Method, values: readonly unknown[]): unknown {
    const engine = this.#engines.get(model) as StorageEngine;
    const work = (): unknown => Reflect.apply(engine[method], engine, values);
    const hold = this.#holds.get(`${model} ${method}`);
    this.#holds.delete(`${model} ${method}`);
    return hold ? hold().then(work) : work();
  }
}

/** So many processes on one empty store, until the test is over. */
export async function processesOn(store: Store, count = 2): Promise<Process[]> {
  const engines = await enginesOn(store);
  const processes = [];
  for (let made = 0; made < count; made += 1) processes.push(new Process(await engines()));
  for (const model of MODELS) bindModel(model, engineHere(model.name), { isShared: true });
  cleanUpLater(async () => useMemory());
  return processes;
}

/** For `beforeEach`: skips the test, saying why, where the store is not there. */
export function needStore(store: Store): (this: Mocha.Context) => void {
  const needs = { memory: () => {}, PostgreSQL: needPostgres, Redis: needRedis };
  return needs[store];
}

/** Whatever is asked of it is done by the process that asks. */
function engineHere(model: string): StorageEngine {
  return new Proxy({} as StorageEngine, {
    get:
      (_, method: Method) =>
      (...values: readonly unknown[]) => {
        const process = here.getStore();
        if (!process) throw new Error('this runs in no process');
        return process.call(model, method, values);
      },
  });
}

/** @returns what gives a new process its engines. */
async function enginesOn(store: Store): Promise<() => Promise<Engines>> {
  const memory = new Map(MODELS.map((model) => [model.name, new FarMemory(model)]));
  if (store === 'memory') return async () => memory;
  const open = store === 'Redis' ? await openRedis() : await openPostgres();
  return async () => {
    const opened = await open();
    cleanUpLater(() => opened.close());
    const kept = MODELS.filter((model) => store === 'PostgreSQL' || model.name !== 'User');
    return new Map([...memory, ...kept.map((model) => [model.name, opened.engine(tableOf(model))] as const)]);
  };
}

async function openPostgres(): Promise<() => ReturnType<typeof PostgresStore.open>> {
  const url = await postgresUrl();
  return () => PostgresStore.open({ url, warn: () => {} });
}

async function openRedis(): Promise<() => ReturnType<typeof RedisStore.open>> {
  const url = await redisUrl();
  const prefix = await newPrefix(url);
  return () => RedisStore.open({ url, prefix, warn: () => {} });
}

/** Memory that takes its time to answer, so that others come in between. */
class FarMemory extends MemoryEngine {
  override async get(id: string): Promise<StoredRecord | null> {
    const record = await super.get(id);
    await nextTurn();
    return record;
  }

  override async put(record: StoredRecord): Promise<void> {
    await nextTurn();
    await super.put(record);
  }

  override async insert(record: StoredRecord): Promise<boolean> {
    await nextTurn();
    return super.insert(record);
  }

  override async update(...change: Parameters<MemoryEngine['update']>): Promise<StoredRecord | null> {
    await nextTurn();
    return super.update(...change);
  }
}

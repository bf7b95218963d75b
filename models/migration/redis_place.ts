import { RedisStore } from '../engine/redis/redis_store.js';
import { nameOf, parseRedisUrl } from '../engine/redis/redis_url.js';
import type { SharedStore } from '../engine/shared_store.js';
import type { StoredRecord } from '../engine/storage_engine.js';
import { slicesOf } from '../engine/table.js';
import { tableOf } from '../storage.js';
import { SLICE, type Model, type Place, type PlaceOptions, type Writer } from './place.js';

/** A Redis, for what expires: sessions and throttle entries. */
export class RedisPlace implements Place {
  readonly label: string;
  readonly identity: string;
  readonly #store: SharedStore;

  private constructor(url: string, store: SharedStore) {
    const address = parseRedisUrl(url);
    this.label = `Redis at ${nameOf(address)}${address.db === 0 ? '' : `/${address.db}`}`;
    this.identity = `redis ${address.kind} ${nameOf(address)} ${address.master} ${address.db}`;
    this.#store = store;
  }

  /** @throws Error for a bad URL, StorageUnavailableError. */
  static async open(url: string, { warn }: PlaceOptions): Promise<RedisPlace> {
    return new RedisPlace(url, await RedisStore.open({ url, warn }));
  }

  /** An empty Redis cannot be told from one whose sessions are all over. */
  async isThere(): Promise<boolean> {
    return true;
  }

  /** Redis keeps no order over all records: all are held in memory for it. */
  async *read(model: Model): AsyncGenerator<readonly StoredRecord[]> {
    const engine = this.#store.engine({ ...tableOf(model), isReadOnly: true });
    yield* slicesOf(await engine.all(), SLICE);
  }

  async count(): Promise<null> {
    return null;
  }

  async write(model: Model, work: (writer: Writer) => Promise<void>): Promise<void> {
    const engine = this.#store.engine(tableOf(model));
    await work(engine);
    await engine.close();
  }

  async note(): Promise<null> {
    return null;
  }

  async leaveNote(): Promise<void> {}

  howToEmpty({ name }: Model): string {
    return `remove the keys that begin with gatehouse:${name}:, or take another database of that Redis`;
  }

  async close(): Promise<void> {
    await this.#store.close();
  }
}

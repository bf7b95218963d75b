import type { TableOptions } from '../shared_store.js';
import { copyOf } from '../record_copy.js';
import {
  StorageUnavailableError,
  type Changes,
  type StorageEngine,
  type StoredRecord,
} from '../storage_engine.js';
import { assertRecord, firstOf, hasValues } from '../table.js';
import type { Commands } from './commands.js';
import type { Connection } from './connection.js';
import { byAge, newStamp, type Entry } from './entry.js';
import { Keys } from './keys.js';
import { newestById, PlainIndexes } from './plain_indexes.js';
import type { Found } from './record_reader.js';
import { RecordWriter, type Earlier } from './record_writer.js';
import { walk } from './walk.js';
import { WriteTurns } from './write_turns.js';

/**
 * Keeps a model's records in Redis; docs/redis.md has the keys. What a request needs is by key: `get`, `find`, `put`,
 * `update` and `delete` cost the same however many records there are. `all`, `page`, `slices` and `count` look at
 * every key of the database and are for tools and sweeps.
 */
export class RedisEngine implements StorageEngine {
  readonly #connection: Connection;
  readonly #options: TableOptions;
  readonly #keys: Keys;
  readonly #records: RecordWriter;
  readonly #indexes: PlainIndexes;
  readonly #turns = new WriteTurns();
  #isClosed = false;

  /** @throws Error for a model with two unique indexes: a record can lie at the place of one value only. */
  constructor(connection: Connection, prefix: string, options: TableOptions) {
    if (options.indexes.filter(({ unique }) => unique).length > 1)
      throw new Error(`Redis cannot keep ${options.model}: it has more than one unique index`);
    this.#connection = connection;
    this.#options = options;
    this.#keys = new Keys(prefix, options.model);
    this.#records = new RecordWriter(this.#keys, options);
    this.#indexes = new PlainIndexes(this.#keys, options.indexes, this.#records);
  }

  async get(id: string): Promise<StoredRecord | null> {
    const [record] = await this.#read(async (commands) => {
      const found = await this.#records.byId(commands, id);
      return found ? [found.entry.record] : [];
    });
    return record ?? null;
  }

  /** One question to Redis for a unique index, two for another. */
  async find(attribute: string, value: string): Promise<readonly StoredRecord[]> {
    const index = this.#options.indexes.find((one) => one.attribute === attribute);
    if (!index) throw new Error(`no index on ${attribute}`);
    const key = index.key ? index.key(value) : value;
    return this.#read(async (commands) => {
      if (!index.unique) return (await this.#indexes.find(commands, index, key)).map(({ record }) => record);
      const found = await this.#records.at(commands, this.#keys.placeOfValue(key));
      return found ? [found.entry.record] : [];
    });
  }

  async put(record: StoredRecord): Promise<void> {
    assertRecord(record);
    const copy = JSON.parse(JSON.stringify(record)) as StoredRecord;
    // Before anything is waited for: records that are put one after the other are created in this order.
    const entry: Entry = { at: newStamp(), record: copy };
    await this.#write(record.id, async (commands, earlier) => {
      while (!(await this.#create(commands, entry, earlier))) {
        const found = await this.#records.byId(commands, copy.id);
        if (found && (await this.#replace(commands, found, copy, earlier))) return;
      }
    });
  }

  async insert(record: StoredRecord): Promise<boolean> {
    assertRecord(record);
    const copy = JSON.parse(JSON.stringify(record)) as StoredRecord;
    const entry: Entry = { at: newStamp(), record: copy };
    return this.#write(record.id, (commands, earlier) => this.#create(commands, entry, earlier));
  }

  async update(id: string, changes: Changes, expected: Changes = {}): Promise<StoredRecord | null> {
    return this.#write(id, async (commands, earlier) => {
      for (;;) {
        const found = await this.#records.byId(commands, id);
        if (!found || !hasValues(found.entry.record, expected)) return null;
        const next = Object.freeze(copyOf(found.entry.record, changes));
        if (await this.#replace(commands, found, next, earlier)) return next;
      }
    });
  }

  async delete(id: string): Promise<boolean> {
    return this.#turns.hide(id, () =>
      this.#write(id, async (commands) => {
        for (;;) {
          const found = await this.#records.byId(commands, id);
          if (!found) return false;
          if (!(await this.#records.remove(commands, found))) continue;
          await this.#indexes.drop(commands, found.entry.record).catch(() => {});
          return true;
        }
      }),
    );
  }

  /** Looks at every key of the database and holds every record in memory. */
  async all(): Promise<readonly StoredRecord[]> {
    const isVisible = this.#visibility();
    const entries: Entry[] = [];
    for await (const batch of this.#walk()) entries.push(...batch);
    const records = [...newestById(entries).values()].toSorted(byAge).map(({ record }) => record);
    return records.filter(isVisible);
  }

  /**
   * In no order, for Redis keeps none over all records; one slice in memory at a time. A record that changes its
   * unique value meanwhile may be missed or come twice.
   */
  async *slices(size: number): AsyncGenerator<readonly StoredRecord[]> {
    const isVisible = this.#visibility();
    let slice: StoredRecord[] = [];
    for await (const batch of this.#walk()) {
      slice.push(...batch.map(({ record }) => record).filter(isVisible));
      for (; slice.length >= size; slice = slice.slice(size)) yield slice.slice(0, size);
    }
    if (slice.length > 0) yield slice;
  }

  /** Costs as much as `all`, unlike with other engines: there is no order to begin in the midst of. */
  async page(size: number, after?: string): Promise<readonly StoredRecord[] | null> {
    const records = await this.all();
    const start = after === undefined ? 0 : records.findIndex(({ id }) => id === after) + 1;
    return start === 0 && after !== undefined ? null : firstOf(records.slice(start), size);
  }

  /** Looks at every key of the database. */
  async count(): Promise<number> {
    let count = 0;
    for await (const slice of this.slices(1000)) count += slice.length;
    return count;
  }

  async flush(): Promise<void> {
    await this.#turns.allSettled();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#turns.allSettled();
  }

  /** Index and pointer lead nowhere until the record is there. False when there is one with its id. */
  async #create(commands: Commands, entry: Entry, earlier: Earlier): Promise<boolean> {
    const [isNew] = await Promise.all([
      this.#records.reserve(commands, entry.record),
      this.#indexes.add(commands, entry.record),
    ]);
    return isNew && this.#records.create(commands, entry, earlier);
  }

  async #replace(commands: Commands, found: Found, next: StoredRecord, earlier: Earlier): Promise<boolean> {
    const previous = found.entry.record;
    await Promise.all([this.#records.prolong(commands, next), this.#indexes.add(commands, next, previous)]);
    if (!(await this.#records.replace(commands, found, next, earlier))) return false;
    if (this.#records.placeOf(next) !== found.place)
      await this.#indexes.drop(commands, previous).catch(() => {});
    return true;
  }

  async *#walk(): AsyncGenerator<readonly Entry[]> {
    for await (const places of walk(this.#connection, this.#keys)) {
      this.#assertOpen();
      const found = await this.#connection.attempt((commands) =>
        Promise.all(places.map((place) => this.#records.at(commands, place))),
      );
      yield found.flatMap((one) => (one ? [one.entry] : []));
    }
  }

  async #read(work: (commands: Commands) => Promise<StoredRecord[]>): Promise<StoredRecord[]> {
    this.#assertOpen();
    const isVisible = this.#visibility();
    const records = await this.#connection.attempt(work);
    return records.filter(isVisible);
  }

  async #write<T>(id: string, work: (commands: Commands, earlier: Earlier) => Promise<T>): Promise<T> {
    this.#assertOpen();
    return this.#connection.attempt((commands) => this.#turns.take(id, (earlier) => work(commands, earlier)));
  }

  /** What is being removed at the beginning of a question or at its end is not in its answer. */
  #visibility(): (record: StoredRecord) => boolean {
    const before = this.#turns.hidden();
    return ({ id }) => !before.has(id) && !this.#turns.hides(id);
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new StorageUnavailableError('it is closed');
  }
}

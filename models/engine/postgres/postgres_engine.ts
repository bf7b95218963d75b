import { setTimeout as sleep } from 'node:timers/promises';
import { copyOf } from '../record_copy.js';
import {
  UniqueViolationError,
  type Changes,
  type StorageEngine,
  type StoredRecord,
} from '../storage_engine.js';
import { assertRecord, hasValues } from '../table.js';
import type { Rows, Value } from './connections.js';
import { Deadline } from './deadline.js';
import { idKey } from './names.js';
import { Removals } from './removals.js';
import type { TableAccess } from './table_access.js';
import { TableReads } from './table_reads.js';
import { WriteLanes } from './write_lanes.js';

/** Records that are asked for at once when all are wanted. */
const SLICE = 1000;
/** Rows that one statement removes, so that it holds its locks but for a moment. */
const SWEEP = 500;

/** One model's records in a table of PostgreSQL. */
export class PostgresEngine implements StorageEngine {
  readonly #table: TableAccess;
  readonly #removals = new Removals();
  readonly #reads: TableReads;
  readonly #lanes = new WriteLanes();

  constructor(table: TableAccess) {
    this.#table = table;
    this.#reads = new TableReads(table, this.#removals);
  }

  async get(id: string): Promise<StoredRecord | null> {
    return this.#reads.get(id);
  }

  async find(attribute: string, value: string): Promise<readonly StoredRecord[]> {
    return this.#reads.find(attribute, value);
  }

  async put(record: StoredRecord): Promise<void> {
    await this.#store(this.#table.sql.put, record);
  }

  async insert(record: StoredRecord): Promise<boolean> {
    return (await this.#store(this.#table.sql.insert, record)).count > 0;
  }

  async putAll(records: readonly StoredRecord[]): Promise<void> {
    records.forEach(assertRecord);
    const rows = records.flatMap((record) => [
      idKey(record.id),
      ...this.#table.content(record),
      ...this.#table.keys(record),
    ]);
    const text = this.#table.sql.putAll(records.length);
    const done = await this.#table.writeUnlessTaken(text, rows, new Deadline());
    if (typeof done === 'string') throw new UniqueViolationError(done);
  }

  async update(id: string, changes: Changes, expected: Changes = {}): Promise<StoredRecord | null> {
    const [own, wanted] = [{ ...changes, id }, { ...expected }];
    const deadline = new Deadline();
    return this.#lanes.run(this.#lanesOf(id, own), async (earlier) => {
      for (let tries = 1; ; tries += 1) {
        const values = [idKey(id), this.#table.now()];
        const [row] = (await this.#table.read(this.#table.sql.one, values, deadline)).rows;
        if (!row) return null;
        const [seq = null, version = null, text] = row;
        const record = this.#table.recordIn(text);
        if (!hasValues(record, wanted)) return null;
        const next = Object.freeze(copyOf(record, own));
        const content = [seq, version, ...this.#table.content(next)];
        const { count } = await this.#write(this.#table.sql.update, content, next, deadline, earlier);
        if (count > 0) return next;
        // Another process changed it in between; the more often, the longer it is left alone.
        await sleep(Math.random() * 4 * Math.min(tries, 10));
      }
    });
  }

  async delete(id: string): Promise<boolean> {
    const deadline = new Deadline();
    const done = this.#removals.add(id);
    try {
      return await this.#lanes.run([`id ${id}`], async () => {
        const values = [idKey(id), this.#table.now()];
        return (await this.#table.write(this.#table.sql.remove, values, deadline)).count > 0;
      });
    } finally {
      done();
    }
  }

  async all(): Promise<readonly StoredRecord[]> {
    const all: StoredRecord[] = [];
    for await (const slice of this.slices(SLICE)) all.push(...slice);
    return all;
  }

  slices(size: number): AsyncIterable<readonly StoredRecord[]> {
    return this.#reads.slices(size);
  }

  async page(size: number, after?: string): Promise<readonly StoredRecord[] | null> {
    return this.#reads.page(size, after);
  }

  async count(): Promise<number> {
    return this.#reads.count();
  }

  async flush(): Promise<void> {
    await this.#lanes.settled();
  }

  async close(): Promise<void> {
    await this.flush();
  }

  /** Removes some of what is over: true when there may be more. Harmless in any number of processes at once. */
  async sweep(): Promise<boolean> {
    if (!this.#table.options.expiresAt) return false;
    const values = [this.#table.now(), SWEEP];
    return (await this.#table.write(this.#table.sql.sweep, values, new Deadline())).count === SWEEP;
  }

  async #store(text: string, record: StoredRecord): Promise<Rows> {
    assertRecord(record);
    const copy = Object.freeze(copyOf(record));
    const deadline = new Deadline();
    return this.#lanes.run(this.#lanesOf(copy.id, copy), async (earlier) => {
      const values = [idKey(copy.id), ...this.#table.content(copy), this.#table.now()];
      return this.#write(text, values, copy, deadline, earlier);
    });
  }

  /**
   * Stores a record that may need a unique value which another one has: one that an earlier call of this process is
   * about to take from it, or one that is over. Both are waited for only when the value is found to be taken.
   */
  async #write(
    text: string,
    content: readonly Value[],
    record: StoredRecord,
    deadline: Deadline,
    earlier: () => Promise<void>,
  ): Promise<Rows> {
    const values = [...content, ...this.#table.keys(record)];
    const first = await this.#table.writeUnlessTaken(text, values, deadline);
    if (typeof first !== 'string') return first;
    await earlier();
    if (this.#table.options.expiresAt) {
      const keys = [this.#table.now(), ...this.#table.keys(record, true)];
      await this.#table.write(this.#table.sql.removeOver, keys, deadline);
    }
    const second = await this.#table.writeUnlessTaken(text, values, deadline);
    if (typeof second === 'string') throw new UniqueViolationError(second);
    return second;
  }

  /** What a write must keep its turn for: its record, and the unique values that it gives it. */
  #lanesOf(id: string, changes: Changes): string[] {
    const unique = this.#table.options.indexes.filter((index) => index.unique);
    const lanes = unique.flatMap(({ attribute, key }) => {
      const value = changes[attribute];
      return typeof value === 'string' ? [`${attribute} ${key ? key(value) : value}`] : [];
    });
    return [`id ${id}`, ...lanes];
  }
}

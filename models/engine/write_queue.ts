import { UniqueViolationError, type StoredRecord } from './storage_engine.js';
import type { Table, UniqueKey } from './table.js';

/** A change on its way to the disk: the record as it will be, or null for a removal. */
export interface Write {
  readonly id: string;
  readonly record: StoredRecord | null;
  /** True while readers must not see the stored record any more: a removal is queued. */
  readonly hides: boolean;
  /** The unique values this write takes or gives up. */
  readonly claims: readonly UniqueKey[];
  /** Resolves once the write is durable. */
  readonly done: Promise<void>;
}

/** Who will have a unique value (null: nobody), and the write that makes it so. */
interface Owner {
  readonly id: string | null;
  readonly write: Write;
}

const NO_KEYS: readonly UniqueKey[] = [];
/** Characters after which a batch takes no more writes. */
const FULL_BATCH = 16 * 1024 * 1024;

/** Writes that go to the disk together, and the promise their callers wait for. */
export class Batch {
  readonly writes: Write[] = [];
  readonly lines: string[] = [];
  /** Characters in `lines`. */
  length = 0;
  readonly done: Promise<void>;
  resolve!: () => void;
  reject!: (error: Error) => void;

  constructor() {
    this.done = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // Callers wait for `done` through promises of their own; a batch nobody joined may fail unheard.
    this.done.catch(() => {});
  }
}

/**
 * What has been accepted but is not yet on the disk, seen as a layer over the table: the newest version of each
 * record, and who will own each unique value. It makes later writers build on earlier ones before those are durable.
 */
export class WriteQueue {
  /** Batches that wait, in order; all but the last are full. */
  #waiting = [new Batch()];
  readonly #newest = new Map<string, Write>();
  /** By attribute and key. */
  readonly #owners = new Map<string, Map<string, Owner>>();

  /** True when no write waits to be taken. */
  get isEmpty(): boolean {
    return this.#waiting[0]?.writes.length === 0;
  }

  /** True when nothing is accepted that is not durable yet. */
  get isIdle(): boolean {
    return this.#newest.size === 0;
  }

  /** True when a removal of this record is queued. */
  hides(id: string): boolean {
    return this.#newest.size > 0 && this.#newest.get(id)?.hides === true;
  }

  /** How many of the table's records are hidden. */
  countHidden(table: Table): number {
    let hidden = 0;
    for (const [id, write] of this.#newest) if (write.hides && table.get(id)) hidden += 1;
    return hidden;
  }

  /** The record as it will be once everything accepted is written; null when it will not be there. */
  newest(id: string, table: Table): StoredRecord | null {
    const write = this.#newest.get(id);
    return write ? write.record : (table.get(id) ?? null);
  }

  /** Resolves once everything accepted so far is durable or has failed. */
  async allSettled(): Promise<void> {
    await Promise.allSettled([...this.#newest.values()].map(({ done }) => done));
  }

  /** Resolves once what has been accepted for this record is durable. */
  async settled(id: string): Promise<void> {
    await this.#newest.get(id)?.done;
  }

  /**
   * Accepts a write and returns the batch it will be part of.
   * @throws UniqueViolationError when another record has, or is about to have, one of its unique values.
   */
  add(id: string, record: StoredRecord | null, line: string, table: Table): Batch {
    const taken = record ? table.uniqueKeys(record) : NO_KEYS;
    for (const claim of taken) {
      const queued = this.#ownersOf(claim.attribute).get(claim.key);
      const holder = queued ? queued.id : table.holderOf(claim);
      if (holder !== null && holder !== id) throw new UniqueViolationError(claim.attribute);
    }
    const previous = this.newest(id, table);
    const given = previous ? table.uniqueKeys(previous) : NO_KEYS;

    const hides = record === null || this.hides(id);
    const batch = this.#openBatch();
    const claims = given.length === 0 ? taken : [...given, ...taken];
    const write: Write = { id, record, hides, claims, done: batch.done };
    // What it keeps is in both lists, and must end as taken.
    for (const { attribute, key } of given) this.#ownersOf(attribute).set(key, { id: null, write });
    for (const { attribute, key } of taken) this.#ownersOf(attribute).set(key, { id, write });
    this.#newest.set(id, write);
    batch.writes.push(write);
    batch.lines.push(line);
    batch.length += line.length;
    return batch;
  }

  /** Takes what has been accepted so far; later writes go into a new batch. */
  take(): Batch {
    const batch = this.#waiting.shift() ?? new Batch();
    if (this.#waiting.length === 0) this.#waiting.push(new Batch());
    return batch;
  }

  /** The batch that the next write joins: a text of all waiting lines could be longer than a text may be. */
  #openBatch(): Batch {
    let batch = this.#waiting.at(-1);
    if (!batch || batch.length >= FULL_BATCH) {
      batch = new Batch();
      this.#waiting.push(batch);
    }
    return batch;
  }

  /** Brings a durable batch into the table. */
  apply(batch: Batch, table: Table): void {
    for (const write of batch.writes) {
      if (write.record) table.set(write.record);
      else table.delete(write.id);
      if (this.#newest.get(write.id) === write) this.#newest.delete(write.id);
      for (const { attribute, key } of write.claims) {
        const owners = this.#ownersOf(attribute);
        if (owners.get(key)?.write === write) owners.delete(key);
      }
    }
  }

  /** Forgets everything accepted: what was built on a failed write has failed too. */
  failAll(error: Error): void {
    this.#newest.clear();
    this.#owners.clear();
    while (!this.isEmpty) this.take().reject(error);
  }

  #ownersOf(attribute: string): Map<string, Owner> {
    let owners = this.#owners.get(attribute);
    if (!owners) this.#owners.set(attribute, (owners = new Map()));
    return owners;
  }
}

import { UniqueViolationError, type StoredRecord } from './storage_engine.js';
import type { Table, UniqueKey } from './table.js';

/** A change on its way to the disk: the record as it will be, or null for a removal. */
export interface Write {
  readonly id: string;
  readonly record: StoredRecord | null;
  /** True while readers must not see the stored record any more: a removal is queued. */
  readonly hides: boolean;
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
  /** The last write of each record. */
  readonly newest = new Map<string, Write>();
  readonly done: Promise<void>;
  resolve!: () => void;
  reject!: (error: Error) => void;
  /** By attribute and key: the id of the record that will have it, or null for nobody. */
  readonly #owners = new Map<string, Map<string, string | null>>();

  constructor() {
    this.done = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // Callers wait for `done` through promises of their own; a batch nobody joined may fail unheard.
    this.done.catch(() => {});
  }

  /** Who will have a unique key; undefined when no write of this batch takes it or gives it up. */
  ownerOf({ attribute, key }: UniqueKey): string | null | undefined {
    return this.#owners.get(attribute)?.get(key);
  }

  setOwner({ attribute, key }: UniqueKey, id: string | null): void {
    let owners = this.#owners.get(attribute);
    if (!owners) this.#owners.set(attribute, (owners = new Map()));
    owners.set(key, id);
  }
}

/**
 * What has been accepted but is not yet on the disk, seen as a layer over the table: the newest version of each
 * record, and who will own each unique value. It makes later writers build on earlier ones before those are durable.
 *
 * Each batch has maps of its own that end with it. In one Map that is filled and emptied for ever, V8 leads from each
 * table it has outgrown to the next, and so keeps all that was ever written until the next full collection.
 */
export class WriteQueue {
  /** Batches that are not durable, oldest first; all but the last are full or taken. */
  readonly #batches: Batch[] = [];
  /** How many of them, the first, are on their way. */
  #taken = 0;

  /** True when no write waits to be taken. */
  get isEmpty(): boolean {
    return this.#batches.length === this.#taken;
  }

  /** True when nothing is accepted that is not durable yet. */
  get isIdle(): boolean {
    return this.#batches.length === 0;
  }

  /** True when a removal of this record is queued. */
  hides(id: string): boolean {
    return this.#newestWrite(id)?.hides === true;
  }

  /** How many of the table's records are hidden. */
  countHidden(table: Table): number {
    const hidden = new Set<string>();
    // What a removal hides stays hidden by each later write of the record, until all of them are applied.
    for (const { newest } of this.#batches)
      for (const [id, write] of newest) if (write.hides && table.get(id)) hidden.add(id);
    return hidden.size;
  }

  /** The record as it will be once everything accepted is written; null when it will not be there. */
  newest(id: string, table: Table): StoredRecord | null {
    const write = this.#newestWrite(id);
    return write ? write.record : (table.get(id) ?? null);
  }

  /** Resolves once everything accepted so far is durable or has failed. */
  async allSettled(): Promise<void> {
    await Promise.allSettled(this.#batches.map(({ done }) => done));
  }

  /** Resolves once what has been accepted for this record is durable. */
  async settled(id: string): Promise<void> {
    await this.#batches.findLast(({ newest }) => newest.has(id))?.done;
  }

  /**
   * Accepts a write and returns the batch it will be part of.
   * @throws UniqueViolationError when another record has, or is about to have, one of its unique values.
   */
  add(id: string, record: StoredRecord | null, line: string, table: Table): Batch {
    const taken = record ? table.uniqueKeys(record) : NO_KEYS;
    for (const claim of taken) {
      const holder = this.#holderOf(claim, table);
      if (holder !== null && holder !== id) throw new UniqueViolationError(claim.attribute);
    }
    const previous = this.newest(id, table);
    const given = previous ? table.uniqueKeys(previous) : NO_KEYS;

    const write: Write = { id, record, hides: record === null || this.hides(id) };
    const batch = this.#openBatch();
    // What it keeps is in both lists, and must end as taken.
    for (const key of given) batch.setOwner(key, null);
    for (const key of taken) batch.setOwner(key, id);
    batch.newest.set(id, write);
    batch.writes.push(write);
    batch.lines.push(line);
    batch.length += line.length;
    return batch;
  }

  /** Takes the oldest batch that waits, which may be an empty one; later writes go into another. */
  take(): Batch {
    if (this.isEmpty) this.#batches.push(new Batch());
    this.#taken += 1;
    return this.#batches[this.#taken - 1]!;
  }

  /** Brings a durable batch, the oldest that was taken, into the table. */
  apply(batch: Batch, table: Table): void {
    for (const { id, record } of batch.writes) {
      if (record) table.set(record);
      else table.delete(id);
    }
    this.#batches.shift();
    this.#taken -= 1;
  }

  /** Forgets everything accepted: what was built on a failed write has failed too. */
  failAll(error: Error): void {
    for (const { reject } of this.#batches.splice(0)) reject(error);
    this.#taken = 0;
  }

  /** The batch that the next write joins: a text of all waiting lines could be longer than a text may be. */
  #openBatch(): Batch {
    let batch = this.#batches.at(-1);
    if (!batch || this.isEmpty || batch.length >= FULL_BATCH) {
      batch = new Batch();
      this.#batches.push(batch);
    }
    return batch;
  }

  #newestWrite(id: string): Write | undefined {
    for (let at = this.#batches.length - 1; at >= 0; at -= 1) {
      const write = this.#batches[at]!.newest.get(id);
      if (write) return write;
    }
    return undefined;
  }

  /** The id of the record that has a unique key once everything accepted is written, or null. */
  #holderOf(claim: UniqueKey, table: Table): string | null {
    for (let at = this.#batches.length - 1; at >= 0; at -= 1) {
      const owner = this.#batches[at]!.ownerOf(claim);
      if (owner !== undefined) return owner;
    }
    return table.holderOf(claim);
  }
}

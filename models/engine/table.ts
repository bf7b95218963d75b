import { setImmediate as nextTurn } from 'node:timers/promises';
import { UniqueViolationError, type Changes, type Index, type StoredRecord } from './storage_engine.js';

/** Records that share an index value, by id: changing one must not cost more when a user has many sessions. */
class Shared extends Map<string, StoredRecord> {}

/** One record, or several where a value is shared: most values have one, and a Map costs 200 bytes. */
type Entry = StoredRecord | Shared;

const NONE: readonly StoredRecord[] = [];

class IndexTable {
  readonly index: Index;
  readonly #entries = new Map<string, Entry>();

  constructor(index: Index) {
    this.index = index;
  }

  /** What the index compares for this record, or null when the record has nothing to compare. */
  keyOf(record: StoredRecord): string | null {
    const value = record[this.index.attribute];
    if (typeof value !== 'string') return null;
    return this.index.key ? this.index.key(value) : value;
  }

  find(value: string): readonly StoredRecord[] {
    const entry = this.#entries.get(this.index.key ? this.index.key(value) : value);
    if (entry === undefined) return NONE;
    return entry instanceof Shared ? [...entry.values()] : [entry];
  }

  /** The id that has this key in a unique index, or null. */
  ownerOf(key: string): string | null {
    const entry = this.#entries.get(key);
    return entry === undefined || entry instanceof Shared ? null : entry.id;
  }

  add(record: StoredRecord): void {
    const key = this.keyOf(record);
    if (key === null) return;
    const entry = this.#entries.get(key);
    if (entry === undefined) this.#entries.set(key, record);
    else if (entry instanceof Shared) entry.set(record.id, record);
    else if (this.index.unique) throw new UniqueViolationError(this.index.attribute);
    else
      this.#entries.set(
        key,
        new Shared([
          [entry.id, entry],
          [record.id, record],
        ]),
      );
  }

  remove(record: StoredRecord): void {
    const key = this.keyOf(record);
    if (key === null) return;
    const entry = this.#entries.get(key);
    if (entry === record) this.#entries.delete(key);
    else if (entry instanceof Shared) {
      entry.delete(record.id);
      const [last] = entry.values();
      if (entry.size === 1 && last) this.#entries.set(key, last);
    }
  }

  /** Puts `next` in the place of `previous`, keeping the order of a shared value. */
  replace(previous: StoredRecord, next: StoredRecord): void {
    const key = this.keyOf(next);
    const entry = key !== null && key === this.keyOf(previous) ? this.#entries.get(key) : undefined;
    if (key !== null && entry === previous) this.#entries.set(key, next);
    else if (entry instanceof Shared) entry.set(next.id, next);
    else {
      this.remove(previous);
      this.add(next);
    }
  }
}

/** Records in memory behind Map indexes, in order of insertion. Every look-up costs the same however many there are. */
export class Table {
  readonly #records = new Map<string, StoredRecord>();
  readonly #indexes: readonly IndexTable[];

  constructor(indexes: readonly Index[]) {
    this.#indexes = indexes.map((index) => new IndexTable(index));
  }

  get size(): number {
    return this.#records.size;
  }

  get(id: string): StoredRecord | undefined {
    return this.#records.get(id);
  }

  values(): IterableIterator<StoredRecord> {
    return this.#records.values();
  }

  find(attribute: string, value: string): readonly StoredRecord[] {
    const table = this.#indexes.find(({ index }) => index.attribute === attribute);
    if (!table) throw new Error(`no index on ${attribute}`);
    return table.find(value);
  }

  /** The keys this record takes in unique indexes, each with the id that holds it now. */
  *uniqueKeys(record: StoredRecord): Iterable<{ attribute: string; key: string; owner: string | null }> {
    for (const table of this.#indexes) {
      const key = table.index.unique ? table.keyOf(record) : null;
      if (key !== null) yield { attribute: table.index.attribute, key, owner: table.ownerOf(key) };
    }
  }

  /**
   * Puts a record in, replacing the one with its id.
   * @throws UniqueViolationError when another record has one of its unique values; the table is then unsound.
   */
  set(record: StoredRecord): void {
    const previous = this.#records.get(record.id);
    this.#records.set(record.id, record);
    for (const table of this.#indexes) {
      if (previous) table.replace(previous, record);
      else table.add(record);
    }
  }

  delete(id: string): boolean {
    const record = this.#records.get(id);
    if (!record) return false;
    this.#records.delete(id);
    for (const table of this.#indexes) table.remove(record);
    return true;
  }
}

/** True when the record has each of these values; an absent attribute counts as null. */
export function hasValues(record: StoredRecord, values: Changes): boolean {
  return Object.entries(values).every(([attribute, value]) => (record[attribute] ?? null) === value);
}

/** Cuts an iterator into lists of at most `size`, giving way to other work between them. */
export async function* slicesOf<T>(values: Iterable<T>, size: number): AsyncGenerator<readonly T[]> {
  let slice: T[] = [];
  for (const value of values) {
    slice.push(value);
    if (slice.length < size) continue;
    yield slice;
    slice = [];
    await nextTurn();
  }
  if (slice.length > 0) yield slice;
}

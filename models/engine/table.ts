import { setImmediate as nextTurn } from 'node:timers/promises';
import { NONE, UniqueIndex } from './hash_index.js';
import { Rows, type Snapshot } from './rows.js';
import { SharedIndex } from './shared_index.js';
import { UniqueViolationError, type Changes, type Index, type StoredRecord } from './storage_engine.js';

/** An index of the table with what it takes to use it: unique ones are checked, shared ones are not. */
interface IndexTable {
  readonly index: Index;
  readonly rows: UniqueIndex | SharedIndex;
}

/** What a record takes in a unique index: the value as the index compares it. */
export interface UniqueKey {
  readonly attribute: string;
  readonly key: string;
}

/** Rows that one removal moves up, so that gaps are closed little by little and never in one long stop. */
const MOVES_PER_REMOVAL = 4;

/** Records in memory, found by id and by index in the same time however many there are, in the order they came. */
export class Table {
  /** A removed record leaves a gap until {@link #closeGaps} comes by. */
  readonly #rows = new Rows<StoredRecord>();
  readonly #ids = new UniqueIndex((row) => this.#rows.at(row)?.id ?? null);
  readonly #indexes: readonly IndexTable[];
  /** Where the next row to look at is, and where it goes, while gaps are being closed. */
  #closing: { from: number; to: number } | null = null;

  constructor(indexes: readonly Index[]) {
    this.#indexes = indexes.map((index) => {
      const keyAt = (row: number): string | null => keyOf(index, this.#rows.at(row));
      return { index, rows: index.unique ? new UniqueIndex(keyAt) : new SharedIndex(keyAt) };
    });
  }

  get size(): number {
    return this.#rows.size;
  }

  /** Records and gaps: what the table takes in memory. */
  get rowCount(): number {
    return this.#rows.length;
  }

  get(id: string): StoredRecord | undefined {
    return this.#rows.at(this.#ids.find(id));
  }

  /** All records as they are now, oldest first. Costs nothing until it is walked, and the table may go on changing. */
  snapshot(): Snapshot<StoredRecord> {
    return this.#rows.snapshot();
  }

  /** Records from the one after this id on, or from the first; null when there is none with the id. */
  recordsAfter(id?: string): Iterable<StoredRecord> | null {
    const row = id === undefined ? -1 : this.#ids.find(id);
    return id !== undefined && row === -1 ? null : this.#rows.from(row + 1);
  }

  find(attribute: string, value: string): readonly StoredRecord[] {
    const table = this.#indexes.find(({ index }) => index.attribute === attribute);
    if (!table) throw new Error(`no index on ${attribute}`);
    const key = table.index.key ? table.index.key(value) : value;
    if (table.rows instanceof UniqueIndex) {
      const record = this.#rows.at(table.rows.find(key));
      return record ? [record] : [];
    }
    const rows = table.rows.findAll(key);
    return rows.map((row) => this.#rows.at(row)).filter((record) => record !== undefined);
  }

  /** The keys this record takes in unique indexes. */
  uniqueKeys(record: StoredRecord): UniqueKey[] {
    const keys: UniqueKey[] = [];
    for (const { index, rows } of this.#indexes) {
      const key = rows instanceof UniqueIndex ? keyOf(index, record) : null;
      if (key !== null) keys.push({ attribute: index.attribute, key });
    }
    return keys;
  }

  /** The id of the record that has a unique key now, or null. */
  holderOf({ attribute, key }: UniqueKey): string | null {
    const rows = this.#indexes.find(({ index }) => index.attribute === attribute)?.rows;
    return rows instanceof UniqueIndex ? (this.#rows.at(rows.find(key))?.id ?? null) : null;
  }

  /**
   * Puts a record in, replacing the one with its id.
   * @throws UniqueViolationError when another record has one of its unique values; the table is then unsound.
   */
  set(record: StoredRecord): void {
    const row = this.#ids.add(this.#rows.length, record.id);
    if (row === NONE) this.#append(record);
    else this.#replace(row, record);
  }

  delete(id: string): boolean {
    const row = this.#ids.find(id);
    const record = this.#rows.at(row);
    if (!record) return false;
    for (const table of this.#indexes) removeFrom(table, row, keyOf(table.index, record));
    this.#ids.remove(id);
    this.#rows.set(row, undefined);
    this.#closeGaps();
    return true;
  }

  #append(record: StoredRecord): void {
    const row = this.#rows.length;
    this.#rows.set(row, record);
    for (const table of this.#indexes) addTo(table, row, keyOf(table.index, record));
  }

  #replace(row: number, record: StoredRecord): void {
    const previous = this.#rows.at(row);
    const changed = this.#indexes.filter(({ index }) => keyOf(index, previous) !== keyOf(index, record));
    for (const table of changed) removeFrom(table, row, keyOf(table.index, previous));
    this.#rows.set(row, record);
    for (const table of changed) addTo(table, row, keyOf(table.index, record));
  }

  /** Once gaps outnumber records, moves rows up a few at a time until the list has no gaps from before. */
  #closeGaps(): void {
    const gaps = this.#rows.length - this.#rows.size;
    if (gaps > this.#rows.size + MOVES_PER_REMOVAL) this.#closing ??= { from: 0, to: 0 };
    const closing = this.#closing;
    if (!closing) return;
    for (let moves = 0; moves < MOVES_PER_REMOVAL && closing.from < this.#rows.length; moves += 1) {
      const record = this.#rows.at(closing.from);
      if (record && closing.from !== closing.to) this.#move(closing.from, closing.to, record);
      if (record) closing.to += 1;
      closing.from += 1;
    }
    if (closing.from < this.#rows.length) return;
    this.#rows.cut(closing.to);
    this.#closing = null;
  }

  #move(from: number, to: number, record: StoredRecord): void {
    this.#rows.set(to, record);
    this.#ids.move(record.id, to);
    for (const { index, rows } of this.#indexes) {
      const key = keyOf(index, record);
      if (key === null) continue;
      if (rows instanceof UniqueIndex) rows.move(key, to);
      else rows.move(from, to, key);
    }
    this.#rows.set(from, undefined);
  }
}

function addTo({ index, rows }: IndexTable, row: number, key: string | null): void {
  if (key === null) return;
  if (rows instanceof SharedIndex) rows.add(row, key);
  else if (rows.add(row, key) !== NONE) throw new UniqueViolationError(index.attribute);
}

function removeFrom({ rows }: IndexTable, row: number, key: string | null): void {
  if (key === null) return;
  if (rows instanceof SharedIndex) rows.remove(row, key);
  else rows.remove(key);
}

/** What an index compares of a record, or null when the record has nothing to compare. */
export function keyOf(index: Index, record: StoredRecord | undefined): string | null {
  const value = record?.[index.attribute];
  if (typeof value !== 'string') return null;
  return index.key ? index.key(value) : value;
}

/** Refuses what could not be told apart from something else once it is a line of a file: a programmer's mistake. */
export function assertRecord(record: StoredRecord): void {
  if (record.id === '') throw new Error('a record needs an id');
  if (record['deleted'] === true) throw new Error('the attribute "deleted" is reserved');
}

/** True when the record has each of these values; an absent attribute counts as null. */
export function hasValues(record: StoredRecord, values: Changes): boolean {
  return Object.entries(values).every(([attribute, value]) => (record[attribute] ?? null) === value);
}

/** The first so many values that are wanted. */
export function firstOf<T>(
  values: Iterable<T>,
  size: number,
  isWanted: (value: T) => boolean = () => true,
): T[] {
  const first: T[] = [];
  for (const value of values) {
    if (first.length >= size) break;
    if (isWanted(value)) first.push(value);
  }
  return first;
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

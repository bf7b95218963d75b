import { copyOf } from './record_copy.js';
import {
  UniqueViolationError,
  type Changes,
  type Index,
  type StorageEngine,
  type StoredRecord,
} from './storage_engine.js';
import { assertRecord, firstOf, hasValues, slicesOf, Table } from './table.js';

/** An engine that keeps nothing: its records end with the process. The reference for the contract. */
export class MemoryEngine implements StorageEngine {
  readonly #table: Table;

  constructor(options: { indexes: readonly Index[] }) {
    this.#table = new Table(options.indexes);
  }

  async get(id: string): Promise<StoredRecord | null> {
    return this.#table.get(id) ?? null;
  }

  async find(attribute: string, value: string): Promise<readonly StoredRecord[]> {
    return this.#table.find(attribute, value);
  }

  async put(record: StoredRecord): Promise<void> {
    assertRecord(record);
    this.#store(Object.freeze(copyOf(record)));
  }

  async insert(record: StoredRecord): Promise<boolean> {
    assertRecord(record);
    if (this.#table.get(record.id)) return false;
    this.#store(Object.freeze(copyOf(record)));
    return true;
  }

  async update(id: string, changes: Changes, expected: Changes = {}): Promise<StoredRecord | null> {
    const record = this.#table.get(id);
    if (!record || !hasValues(record, expected)) return null;
    const next = Object.freeze(copyOf(record, changes));
    this.#store(next);
    return next;
  }

  async delete(id: string): Promise<boolean> {
    return this.#table.delete(id);
  }

  async all(): Promise<readonly StoredRecord[]> {
    return [...this.#table.snapshot()];
  }

  slices(size: number): AsyncIterable<readonly StoredRecord[]> {
    return slicesOf(this.#table.snapshot(), size);
  }

  async page(size: number, after?: string): Promise<readonly StoredRecord[] | null> {
    const records = this.#table.recordsAfter(after);
    return records && firstOf(records, size);
  }

  async count(): Promise<number> {
    return this.#table.size;
  }

  async flush(): Promise<void> {}

  async close(): Promise<void> {}

  #store(record: StoredRecord): void {
    for (const key of this.#table.uniqueKeys(record)) {
      const holder = this.#table.holderOf(key);
      if (holder !== null && holder !== record.id) throw new UniqueViolationError(key.attribute);
    }
    this.#table.set(record);
  }
}

import type { TableOptions } from '../shared_store.js';
import { StorageCorruptError, StorageUnavailableError, type StoredRecord } from '../storage_engine.js';
import type { Connections, Rows, Value } from './connections.js';
import type { Deadline } from './deadline.js';
import { SqlError } from './failures.js';
import { constraintOf, indexKey, tableName } from './names.js';
import { statementsFor, type Statements } from './statements.js';

/** SQLSTATE of a unique value that is taken. */
const TAKEN = '23505';

/** How the records of one model are sent to the server and come back from it. */
export class TableAccess {
  readonly sql: Statements;
  readonly options: TableOptions;
  readonly #connections: Connections;
  readonly #ready: () => Promise<void>;

  /** @param ready resolves once the table is there; it is asked before each statement. */
  constructor(connections: Connections, options: TableOptions, ready: () => Promise<void>) {
    this.#connections = connections;
    this.options = options;
    this.#ready = ready;
    this.sql = statementsFor(options.model, options.indexes);
  }

  /** The clock that expiry is told by. */
  now(): number {
    return (this.options.now ?? Date.now)();
  }

  /** @throws StorageUnavailableError. */
  async read(text: string, values: readonly Value[], deadline: Deadline): Promise<Rows> {
    return this.#run(text, values, deadline, true);
  }

  /** @throws StorageUnavailableError: it may have happened nevertheless. */
  async write(text: string, values: readonly Value[], deadline: Deadline): Promise<Rows> {
    return this.#run(text, values, deadline, false);
  }

  /**
   * Writes unless a unique value is taken: then resolves to the attribute.
   * @throws StorageUnavailableError: it may have happened nevertheless.
   */
  async writeUnlessTaken(text: string, values: readonly Value[], deadline: Deadline): Promise<Rows | string> {
    try {
      return await this.write(text, values, deadline);
    } catch (error) {
      const { cause } = error as { readonly cause?: unknown };
      if (!(cause instanceof SqlError) || cause.code !== TAKEN) throw error;
      return this.#attributeOf(cause.constraint);
    }
  }

  /** The columns `record` and `expires_at`. */
  content(record: StoredRecord): [text: string, expiry: number | null] {
    const expiry = this.options.expiresAt?.(record) ?? null;
    return [JSON.stringify(record), expiry === null ? null : Math.floor(expiry)];
  }

  /** The columns of the indexes; of the unique ones alone if wanted. */
  keys(record: StoredRecord, onlyUnique = false): (string | null)[] {
    return this.options.indexes
      .filter((index) => index.unique || !onlyUnique)
      .map((index) => {
        const value = record[index.attribute];
        return typeof value === 'string' ? indexKey(index, value) : null;
      });
  }

  /** @throws StorageCorruptError when somebody else wrote it. */
  recordIn(text: Value | undefined): StoredRecord {
    try {
      return Object.freeze(JSON.parse(String(text)) as StoredRecord);
    } catch {
      throw new StorageCorruptError(`${tableName(this.options.model)} holds a record that is no JSON`);
    }
  }

  async #run(text: string, values: readonly Value[], deadline: Deadline, isRead: boolean): Promise<Rows> {
    try {
      await this.#ready();
      return await this.#connections.run(text, values, deadline, isRead);
    } catch (error) {
      throw error instanceof SqlError ? new StorageUnavailableError(error) : error;
    }
  }

  #attributeOf(constraint: string | null): string {
    const unique = this.options.indexes.filter((index) => index.unique);
    const named = unique.find((index) => constraintOf(tableName(this.options.model), index) === constraint);
    return (named ?? unique[0])?.attribute ?? 'id';
  }
}

import type { Index, StorageEngine, StoredRecord } from './storage_engine.js';

/** What a shared store must know to keep the records of one model. */
export interface TableOptions {
  /** The model's name, of which the names of tables and keys are made. */
  readonly model: string;
  readonly indexes: readonly Index[];
  /**
   * When a record is over, in milliseconds since 1970; null: never. It is gone for everybody from then on, and the
   * store removes it by itself.
   */
  readonly expiresAt?: (record: StoredRecord) => number | null;
  /** The clock that expiry is told by, in milliseconds since 1970; the system's unless a test has another. */
  readonly now?: () => number;
  /** True: nothing is written, not even to put in order what a crash has left. Only reading is allowed then. */
  readonly isReadOnly?: boolean;
}

/**
 * A store on a server, which several processes may use at once. One connection, or pool of them, carries the engines
 * of all models. A store that is away is no reason to hang: whatever is asked of it fails with
 * StorageUnavailableError within two seconds, and it is connected to again by itself.
 */
export interface SharedStore {
  /** The engine of one model; closing it leaves the store open. */
  engine(options: TableOptions): StorageEngine;

  /**
   * Asks the store for an answer.
   * @throws StorageUnavailableError when there is none in time.
   */
  check(): Promise<void>;

  /**
   * Replaces a short text that all processes on the store share, by what `next` makes of the one that is there (null:
   * none). Of several at once each sees what the one before it left. What `next` throws leaves it as it is.
   * Absent where nothing but what expires is kept.
   */
  note?(name: string, next: (known: string | null) => string): Promise<void>;

  /** Waits for what is under way, two seconds at most, and lets go of all connections. */
  close(): Promise<void>;
}

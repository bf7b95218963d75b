/**
 * The contract between models and whatever keeps their records.
 *
 * An engine holds one table of records keyed by `id`. Every method is async so that an engine on a server fits
 * the same mould. Three rules hold for all of them:
 *
 * - Absent is `null` (or `false`, or an empty list), never a throw. A throw means a broken machine
 *   ({@link StorageUnavailableError}), a taken unique value ({@link UniqueViolationError}) or a programmer's mistake.
 * - An awaited answer is durable: when `put`, `update` or `delete` resolves, the change survives a crash (as far
 *   as the engine keeps anything at all).
 * - Records that come out are frozen. Changing one means handing the engine a new one.
 */

export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** A flat JSON object with a text `id`. Attributes the program does not know are kept as they are. */
export interface StoredRecord {
  readonly id: string;
  readonly [attribute: string]: JsonValue;
}

/** Attributes to set on a record; `id` cannot change. */
export interface Changes {
  readonly [attribute: string]: JsonValue;
}

/** An attribute by which records are found without a scan. */
export interface Index {
  readonly attribute: string;
  /** When true, no two records may have the same value; null and absent values never collide. */
  readonly unique: boolean;
  /** Turns a value into what is compared, for instance lower case. Without it values compare as they are. */
  readonly key?: (value: string) => string;
}

export interface StorageEngine {
  /** The record with this id, or null. */
  get(id: string): Promise<StoredRecord | null>;

  /** All records whose indexed attribute has this value, oldest first. Throws when there is no such index. */
  find(attribute: string, value: string): Promise<readonly StoredRecord[]>;

  /**
   * Stores a record, replacing the one with the same id if there is one.
   * It becomes visible to readers once it is durable; its unique values are taken from the moment of the call.
   * @throws UniqueViolationError when another record has one of its unique values.
   */
  put(record: StoredRecord): Promise<void>;

  /**
   * Stores a record unless there is one with its id. Of several at once, in however many processes, one succeeds.
   * @returns false when there is one: nothing is stored then.
   * @throws UniqueViolationError as `put` does.
   */
  insert(record: StoredRecord): Promise<boolean>;

  /**
   * Stores new records, created in this order, all of them or none: for filling a store that nobody else works with.
   * Absent where it costs no more to call `put` for each without waiting, which keeps the order of the calls as well.
   * @throws UniqueViolationError also when there is a record with one of the ids.
   */
  putAll?(records: readonly StoredRecord[]): Promise<void>;

  /**
   * Changes some attributes of a stored record and returns it as it now is. Changes made at the same time to
   * different attributes are all kept. Never creates: null when there is no such record, or when `expected` names
   * a value that an attribute no longer has (compare and set).
   * @throws UniqueViolationError as `put` does.
   */
  update(id: string, changes: Changes, expected?: Changes): Promise<StoredRecord | null>;

  /** Removes a record: true if it was there. It is hidden at once, and comes back if the removal fails. */
  delete(id: string): Promise<boolean>;

  /** Every record in the order of creation. */
  all(): Promise<readonly StoredRecord[]>;

  /** Every record in slices, so that a long walk lets other work go on; records may change between slices. */
  slices(size: number): AsyncIterable<readonly StoredRecord[]>;

  /**
   * At most `size` records in the order of creation, from the one after the record with the id `after`, or from the
   * first. Costs as much as the page is long, however many records there are before it.
   * @returns null when there is no record with that id.
   */
  page(size: number, after?: string): Promise<readonly StoredRecord[] | null>;

  count(): Promise<number>;

  /** Waits until everything that was asked for before is either durable, and so visible, or has failed. */
  flush(): Promise<void>;

  /** Waits for what is under way and lets go of all resources. Using the engine afterwards is a mistake. */
  close(): Promise<void>;
}

/** A unique value is already taken by another record. */
export class UniqueViolationError extends Error {
  override readonly name = 'UniqueViolationError';

  readonly attribute: string;

  constructor(attribute: string) {
    super(`${attribute} is already taken`);
    this.attribute = attribute;
  }
}

/** The engine cannot keep a promise now (disk full, read-only, a failed sync). Nothing was changed. */
export class StorageUnavailableError extends Error {
  override readonly name = 'StorageUnavailableError';

  constructor(cause: unknown) {
    super(`storage is not available: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** What is on disk is not what this program wrote. The message names file and line; nothing was changed. */
export class StorageCorruptError extends Error {
  override readonly name = 'StorageCorruptError';
}

/** Another live process has the storage folder open. */
export class StorageLockedError extends Error {
  override readonly name = 'StorageLockedError';
}

/** A newer version of this program keeps its records there. The message names both versions; nothing was changed. */
export class StorageVersionError extends Error {
  override readonly name = 'StorageVersionError';
}

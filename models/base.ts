import { randomUUID } from 'node:crypto';
import type { Changes, Index, JsonValue, StorageEngine, StoredRecord } from './engine/storage_engine.js';

/** What every model has. Dates may be given as text, which is how they are stored. */
export interface BaseAttributes {
  readonly id?: string;
  readonly created_at?: Date | string;
  readonly updated_at?: Date | string;
}

/** A model's class, as the static methods of {@link Base} see it. */
export interface ModelClass<T extends Base> {
  new (attributes: never): T;
  readonly name: string;
  /** The attributes by which its records are found without a scan. */
  readonly indexes: readonly Index[];
}

const engines = new Map<unknown, StorageEngine>();
/** The models whose engines are on a store that other processes use as well. */
const shared = new Set<unknown>();
/** The public JSON of stored records; it goes when the record is replaced. */
const publicTexts = new WeakMap<StoredRecord, string>();
let now: () => number = Date.now;

/**
 * Says where a model's records are kept from now on: once per process, anew for each test.
 * @param isShared true when the engine is on a store that other processes use as well. Such a store removes by itself
 * what is over, so that nobody has to look for it.
 */
export function bindModel<T extends Base>(
  model: ModelClass<T>,
  engine: StorageEngine,
  { isShared = false }: { readonly isShared?: boolean } = {},
): void {
  engines.set(model, engine);
  if (isShared) shared.add(model);
  else shared.delete(model);
}

/** Replaces the clock (milliseconds since 1970) that timestamps are taken from. */
export function useClock(clock: () => number): void {
  now = clock;
}

/** The time by the models' clock, in milliseconds since 1970. */
export function currentTime(): number {
  return now();
}

function engineOf(model: unknown): StorageEngine {
  const engine = engines.get(model);
  if (!engine) throw new Error('the model is not bound to an engine');
  return engine;
}

/**
 * A record with an id and timestamps, kept by a storage engine. An object is a copy: changing it changes nothing
 * until it is saved, and saving writes only what was changed, so that two requests that change different attributes
 * of one record both succeed.
 */
export abstract class Base {
  static readonly indexes: readonly Index[] = [];

  readonly id: string;
  #createdAt: Date | string;
  #updatedAt: Date | string;
  #stored: StoredRecord | null = null;
  #isNew = true;

  constructor(attributes: BaseAttributes = {}) {
    this.id = attributes.id ?? randomUUID();
    this.#createdAt = attributes.created_at ?? new Date(now());
    this.#updatedAt = attributes.updated_at ?? this.#createdAt;
  }

  // Dates are read from their text when somebody asks: most of what is loaded for a request is never asked.
  get created_at(): Date {
    return (this.#createdAt = toDate(this.#createdAt));
  }

  get updated_at(): Date {
    return (this.#updatedAt = toDate(this.#updatedAt));
  }

  set updated_at(date: Date) {
    this.#updatedAt = date;
  }

  /** The model's own attributes as they are stored; names that start with `_` are secrets. */
  protected abstract ownAttributes(): Changes;

  /** What the world may see of the model's own attributes. */
  protected abstract publicAttributes(): Changes;

  /** The public form, which JSON.stringify uses by itself: assigning a model to a response body leaks nothing. */
  toJSON(): Readonly<Record<string, JsonValue>> {
    return {
      id: this.id,
      created_at: shownTime(this.#createdAt),
      updated_at: shownTime(this.#updatedAt),
      ...this.publicAttributes(),
    };
  }

  /**
   * The public form as JSON text, as the object was when it was loaded or last stored: changes that were not saved do
   * not show. Made once for each stored record, because a reader's own record is what is asked for most.
   */
  storedText(): string {
    const record = this.#stored;
    if (!record) return JSON.stringify(this);
    let text = publicTexts.get(record);
    if (text === undefined) {
      text = JSON.stringify(Base.load(this.constructor as ModelClass<Base>, record));
      publicTexts.set(record, text);
    }
    return text;
  }

  /** The form in which it is stored. Attributes that this version does not know are kept. */
  toRecord(): StoredRecord {
    return {
      ...this.#stored,
      id: this.id,
      created_at: this.created_at.toISOString(),
      updated_at: this.updated_at.toISOString(),
      ...this.ownAttributes(),
    };
  }

  /** True for the same class and id. */
  equals(other: unknown): boolean {
    return other instanceof Base && other.constructor === this.constructor && other.id === this.id;
  }

  /**
   * Stores the object and moves `updated_at`; resolves when that is durable.
   * @returns false when the record was removed since this object was loaded: saving does not bring it back.
   * @throws UniqueViolationError when a unique value is taken; StorageUnavailableError when it cannot be kept.
   */
  async save(): Promise<boolean> {
    const previous = this.updated_at;
    this.updated_at = new Date(now());
    try {
      return await this.#write(this.toRecord());
    } catch (error) {
      this.updated_at = previous;
      throw error;
    }
  }

  async #write(record: StoredRecord): Promise<boolean> {
    const engine = engineOf(this.constructor);
    if (this.#isNew) {
      await engine.put(record);
      this.#stored = record;
      this.#isNew = false;
      return true;
    }
    const stored = await engine.update(this.id, changesSince(this.#stored, record));
    // What this object knows, not what others have changed meanwhile: the next save must not write their values back.
    if (stored) this.#stored = record;
    return stored !== null;
  }

  /**
   * Stores the object as `save` does, unless somebody has changed, removed or made the record since this object was
   * loaded or made: compare and set.
   * @param version an attribute that has another value after each change.
   * @returns false when somebody has: nothing is stored then, and the object is of no more use.
   */
  protected async saveUnlessChanged(version: string): Promise<boolean> {
    this.updated_at = new Date(now());
    const [engine, record, stored] = [engineOf(this.constructor), this.toRecord(), this.#stored];
    const isStored =
      this.#isNew || stored === null
        ? await engine.insert(record)
        : (await engine.update(this.id, changesSince(stored, record), {
            [version]: stored[version] ?? null,
          })) !== null;
    if (isStored) [this.#stored, this.#isNew] = [record, false];
    return isStored;
  }

  /** Removes the record; false when it was not stored. Saving the object afterwards stores it anew. */
  async remove(): Promise<boolean> {
    const removed = await engineOf(this.constructor).delete(this.id);
    this.#isNew = true;
    return removed;
  }

  /** The object with this id, or null; anything but a known id is null. */
  static async get<T extends Base>(this: ModelClass<T>, id: unknown): Promise<T | null> {
    if (typeof id !== 'string') return null;
    const record = await engineOf(this).get(id);
    return record && Base.load(this, record);
  }

  /** All objects in the order of their creation. */
  static async all<T extends Base>(this: ModelClass<T>): Promise<T[]> {
    return (await engineOf(this).all()).map((record) => Base.load(this, record));
  }

  /**
   * At most `size` objects in the order of their creation, from the one after the id `after`, or from the first; null
   * when there is none with that id.
   */
  static async page<T extends Base>(this: ModelClass<T>, size: number, after?: string): Promise<T[] | null> {
    const records = await engineOf(this).page(size, after);
    return records && records.map((record) => Base.load(this, record));
  }

  /** All objects in slices of at most `size`, letting other work go on in between. */
  static async *slices<T extends Base>(this: ModelClass<T>, size: number): AsyncGenerator<T[]> {
    for await (const slice of engineOf(this).slices(size))
      yield slice.map((record) => Base.load(this, record));
  }

  /**
   * The objects that equal every one of these attributes, oldest first; all of them when none is given. An indexed
   * attribute is compared as its index does and costs one look-up; without one, every object is looked at.
   */
  static async search<T extends Base>(this: ModelClass<T>, attributes: Changes = {}): Promise<T[]> {
    const index = this.indexes.find(({ attribute }) => typeof attributes[attribute] === 'string');
    const engine = engineOf(this);
    const records = index
      ? await engine.find(index.attribute, attributes[index.attribute] as string)
      : await engine.all();
    const others = Object.entries(attributes).filter(([name]) => name !== index?.attribute);
    return records
      .filter((record) => others.every(([name, value]) => record[name] === value))
      .map((record) => Base.load(this, record));
  }

  /** The oldest object with this value of an indexed attribute, compared as the index does, or null: one look-up. */
  static async findBy<T extends Base>(
    this: ModelClass<T>,
    attribute: string,
    value: string,
  ): Promise<T | null> {
    const [record] = await engineOf(this).find(attribute, value);
    return record ? Base.load(this, record) : null;
  }

  /**
   * True when other processes may change the records: what is in memory may not say what they are. Records that are
   * over are then removed without anybody looking for them.
   */
  static isShared<T extends Base>(this: ModelClass<T>): boolean {
    return shared.has(this);
  }

  static async count<T extends Base>(this: ModelClass<T>): Promise<number> {
    return engineOf(this).count();
  }

  /**
   * Changes attributes of a stored record without loading it, for callers that must neither lose another's change nor
   * bring a removed record back.
   * @param expected values that the record must still have (compare and set).
   * @returns false when there is no such record, or it no longer has the expected values.
   */
  protected static async change(
    model: unknown,
    id: string,
    changes: Changes,
    expected?: Changes,
  ): Promise<boolean> {
    return (await engineOf(model).update(id, changes, expected)) !== null;
  }

  /** Waits until every change asked for so far is stored or has failed. */
  protected static async settle(model: unknown): Promise<void> {
    await engineOf(model).flush();
  }

  protected static load<T extends Base>(model: ModelClass<T>, record: StoredRecord): T {
    // A stored record without a creation time must not count as made just now: its session would never end.
    const attributes = record['created_at'] === undefined ? { ...record, created_at: new Date(0) } : record;
    const object = new model(attributes as never);
    object.#stored = record;
    object.#isNew = false;
    return object;
  }
}

/** A date from a stored or given value. Unreadable text counts as long ago. */
export function toDate(value: Date | string): Date {
  const date = value instanceof Date ? value : new Date(value);
  return Number.isNaN(date.getTime()) ? new Date(0) : date;
}

/** The time that an attribute holds, in milliseconds since 1970; what is no time counts as long ago. */
export function storedTime(value: JsonValue | undefined): number {
  return toDate(typeof value === 'string' ? value : '').getTime();
}

/** How we write times. */
const OWN_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** UTC without fraction or zone mark, as the course's answers show it. */
function shownTime(time: Date | string): string {
  const text = typeof time === 'string' && OWN_TIME.test(time) ? time : toDate(time).toISOString();
  return text.slice(0, 19);
}

function changesSince(before: StoredRecord | null, after: StoredRecord): Changes {
  return Object.fromEntries(Object.entries(after).filter(([name, value]) => before?.[name] !== value));
}

import type { TableOptions } from '../shared_store.js';
import type { Index, StoredRecord } from '../storage_engine.js';
import { keyOf } from '../table.js';
import type { Commands } from './commands.js';
import { isMoved, markOf, parseEntry, type Entry } from './entry.js';
import type { Keys } from './keys.js';

/** A record where it was found, with the text that comparing and setting expects there. */
export interface Found {
  readonly place: string;
  readonly text: string;
  readonly entry: Entry;
}

/**
 * Where the records of a model are. A record with a value of the model's unique index lies at the place of that
 * value, so that finding it by the value is one question; a pointer leads there from its id. Other records lie at the
 * place of their id.
 */
export class RecordReader {
  protected readonly keys: Keys;
  protected readonly unique: Index | undefined;
  readonly #options: TableOptions;

  constructor(keys: Keys, options: TableOptions) {
    this.keys = keys;
    this.#options = options;
    this.unique = options.indexes.find(({ unique }) => unique);
  }

  /** When the record is over, in milliseconds since 1970; null: never. */
  endOf(record: StoredRecord): number | null {
    return this.#options.expiresAt?.(record) ?? null;
  }

  placeOf(record: StoredRecord): string {
    const value = this.unique ? keyOf(this.unique, record) : null;
    return value === null ? this.keys.placeOfId(record.id) : this.keys.placeOfValue(value);
  }

  /** The record at a place, or null; one that is still moving there does not count. One question as a rule. */
  async at(commands: Commands, place: string): Promise<Found | null> {
    const text = (await commands.get(this.keys.record(place))) ?? '';
    const entry = parseEntry(text);
    if (entry === null || isMoved(entry) || this.isOver(entry)) return null;
    if (entry.from === undefined) return { place, text, entry };
    const left = await commands.get(this.keys.record(entry.from));
    if (left === markOf(place))
      return this.#options.isReadOnly ? { place, text, entry } : this.complete(commands, place, text, entry);
    // It is moving still, unless it arrived between the two questions.
    return (await commands.get(this.keys.record(place))) === text ? null : this.at(commands, place);
  }

  /** The record with this id, or null. */
  async byId(commands: Commands, id: string): Promise<Found | null> {
    if (!this.unique) return this.at(commands, this.keys.placeOfId(id));
    // A record that is not where the pointer leads may have moved meanwhile: the pointer says so by then.
    for (let previous = ''; ;) {
      const place = await commands.get(this.keys.pointer(id));
      if (place === null || place === previous) return null;
      const found = (await this.at(commands, place)) ?? (await this.#movedFrom(commands, place));
      if (found?.entry.record.id === id) return found;
      previous = place;
    }
  }

  /** Puts a record in order that has moved: it is complete by itself, its pointer leads to it, the mark is gone. */
  protected async complete(
    commands: Commands,
    place: string,
    text: string,
    entry: Entry,
  ): Promise<Found | null> {
    const { from = '', ...own } = entry;
    const next = JSON.stringify(own);
    const end = this.endOf(own.record);
    const [other] = await Promise.all([
      commands.swap(this.keys.record(place), text, next, end),
      commands.swap(this.keys.pointer(own.record.id), from, place, end),
    ]);
    await commands.swap(this.keys.record(from), markOf(place), '', null);
    return other === null ? { place, text: next, entry: own } : this.at(commands, place);
  }

  protected isOver({ record }: Entry): boolean {
    const end = this.endOf(record);
    return end !== null && end <= (this.#options.now ?? Date.now)();
  }

  async #movedFrom(commands: Commands, place: string): Promise<Found | null> {
    const mark = parseEntry(await commands.get(this.keys.record(place)));
    return isMoved(mark) ? this.at(commands, mark.moved) : null;
  }
}

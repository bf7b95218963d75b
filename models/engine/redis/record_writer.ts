import { UniqueViolationError, type StoredRecord } from '../storage_engine.js';
import type { Commands } from './commands.js';
import { isMoved, markOf, parseEntry, type Entry } from './entry.js';
import { RecordReader, type Found } from './record_reader.js';

/** How long what an interrupted move left behind is kept, in milliseconds; whoever meets it puts it right. */
const LEFTOVER_MS = 3_600_000;

/** Waits for what may free a unique value. */
export type Earlier = () => Promise<void>;

/**
 * Changes the records of a model. Every step changes one key, in an order in which a crash in between leaves either
 * what was before or what was wanted: never a value that works beside the one that replaced it.
 */
export class RecordWriter extends RecordReader {
  /**
   * Makes the pointer of a new record.
   * @returns false when there is a record with its id, or was just now.
   */
  async reserve(commands: Commands, record: StoredRecord): Promise<boolean> {
    if (!this.unique) return (await this.byId(commands, record.id)) === null;
    const pointer = this.keys.pointer(record.id);
    const place = this.placeOf(record);
    const end = this.endOf(record);
    const stale = await commands.swap(pointer, '', place, end);
    if (stale === null) return true;
    if (await this.byId(commands, record.id)) return false;
    return (await commands.swap(pointer, stale, place, end)) === null;
  }

  /**
   * Stores a new record at its place; false when somebody else stored one with its id meanwhile.
   * @throws UniqueViolationError when another record has its unique value.
   */
  async create(commands: Commands, entry: Entry, earlier: Earlier): Promise<boolean> {
    const { record } = entry;
    const place = this.placeOf(record);
    if (await this.#claim(commands, place, JSON.stringify(entry), this.endOf(record), earlier)) return true;
    if (!this.unique || place === this.keys.placeOfId(record.id)) return false;
    await commands.swap(this.keys.pointer(record.id), place, '', null).catch(() => {});
    throw new UniqueViolationError(this.unique.attribute);
  }

  /**
   * Puts another version of a record in the place of one; false when that one is no longer there.
   * @throws UniqueViolationError when another record has the unique value of the new version.
   */
  async replace(commands: Commands, found: Found, record: StoredRecord, earlier: Earlier): Promise<boolean> {
    const place = this.placeOf(record);
    const entry: Entry = { at: found.entry.at, record };
    if (place !== found.place) return this.#move(commands, found, { ...entry, from: found.place }, earlier);
    const key = this.keys.record(place);
    return (await commands.swap(key, found.text, JSON.stringify(entry), this.endOf(record))) === null;
  }

  /** Keeps the pointer to a record as long as this version of it lasts. */
  async prolong(commands: Commands, record: StoredRecord): Promise<void> {
    if (this.unique) await commands.prolong(this.keys.pointer(record.id), this.endOf(record));
  }

  /** Removes a record; false when it is no longer there as it was found. */
  async remove(commands: Commands, { place, text, entry }: Found): Promise<boolean> {
    if ((await commands.swap(this.keys.record(place), text, '', null)) !== null) return false;
    // The record is gone, whatever becomes of its pointer.
    if (this.unique) await commands.swap(this.keys.pointer(entry.record.id), place, '', null).catch(() => {});
    return true;
  }

  /**
   * Moves a record to another place. It is written there first, where it does not count; then a mark that it has
   * moved takes the place of the old one, and from that moment on the new one counts and the old one does not.
   */
  async #move(commands: Commands, found: Found, entry: Entry, earlier: Earlier): Promise<boolean> {
    const place = this.placeOf(entry.record);
    const text = JSON.stringify(entry);
    const leftoversEnd = Date.now() + LEFTOVER_MS;
    if (!(await this.#claim(commands, place, text, leftoversEnd, earlier)))
      throw new UniqueViolationError(this.unique?.attribute ?? 'id');
    const key = this.keys.record(found.place);
    const hasMoved = (await commands.swap(key, found.text, markOf(place), leftoversEnd)) === null;
    // Done is done: what cannot be put in order now will be by whoever reads it next.
    if (hasMoved) await this.complete(commands, place, text, entry).catch(() => {});
    else await commands.swap(this.keys.record(place), text, '', null);
    return hasMoved;
  }

  /** Takes a place; false when somebody has it, even after everything that may free it. */
  async #claim(
    commands: Commands,
    place: string,
    text: string,
    end: number | null,
    earlier: Earlier,
  ): Promise<boolean> {
    let hasWaited = false;
    for (let expected = ''; ;) {
      const other = await commands.swap(this.keys.record(place), expected, text, end);
      if (other === null) return true;
      const isFree = await this.#isFree(commands, other);
      if (!isFree && hasWaited) return false;
      if (!isFree) await earlier();
      hasWaited ||= !isFree;
      expected = isFree ? other : '';
    }
  }

  async #isFree(commands: Commands, text: string): Promise<boolean> {
    const entry = parseEntry(text);
    // The mark is what makes the moved record count: that one must do without it first.
    if (isMoved(entry)) await this.at(commands, entry.moved);
    return entry === null || isMoved(entry) || this.isOver(entry);
  }
}

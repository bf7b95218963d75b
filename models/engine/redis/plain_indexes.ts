import type { Index, StoredRecord } from '../storage_engine.js';
import { keyOf } from '../table.js';
import type { Commands } from './commands.js';
import { byAge, type Entry } from './entry.js';
import type { Keys } from './keys.js';
import type { RecordReader } from './record_reader.js';

/** Within so many seconds nobody takes a member out: its record may be on its way. No operation takes so long. */
const GRACE = 60;

/**
 * The indexes whose values many records may share: each value has a key with the places of its records. A place is
 * added before its record is written, and taken out when its record has gone or another value; until then it leads to
 * nothing, which every look-up checks.
 */
export class PlainIndexes {
  readonly #keys: Keys;
  readonly #indexes: readonly Index[];
  readonly #reader: RecordReader;

  constructor(keys: Keys, indexes: readonly Index[], reader: RecordReader) {
    this.#keys = keys;
    this.#indexes = indexes.filter(({ unique }) => !unique);
    this.#reader = reader;
  }

  /** Makes a record that is about to be written be found; a previous version of it says what can stay as it is. */
  async add(commands: Commands, record: StoredRecord, previous?: StoredRecord): Promise<void> {
    const place = this.#reader.placeOf(record);
    const end = this.#reader.endOf(record);
    const isSame =
      previous && this.#reader.placeOf(previous) === place && !isLater(end, this.#reader.endOf(previous));
    const keys = this.#keysOf(record);
    const wanted = isSame ? keys.filter((key) => !this.#keysOf(previous).includes(key)) : keys;
    await Promise.all(wanted.map((key) => commands.addMember(key, place, end)));
  }

  /** Takes the place of a record that has gone out of the indexes. */
  async drop(commands: Commands, record: StoredRecord): Promise<void> {
    const place = this.#reader.placeOf(record);
    await Promise.all(this.#keysOf(record).map((key) => commands.dropMembers(key, GRACE, [place])));
  }

  /** All records with a value, as the index compares it, oldest first: two questions, however many there are. */
  async find(commands: Commands, index: Index, value: string): Promise<Entry[]> {
    const key = this.#keys.index(index.attribute, value);
    for (let before = ''; ;) {
      const places = await commands.members(key);
      const found = await Promise.all(places.map((place) => this.#reader.at(commands, place)));
      const entries = found.map((one) => one?.entry ?? null);
      const hasValue = (entry: Entry | null): entry is Entry =>
        entry !== null && keyOf(index, entry.record) === value;
      const dead = places.filter((_, i) => !hasValue(entries[i] ?? null));
      // A place without its record may be one that a record just left: asked again, the index has the new one.
      if (dead.length === 0 || dead.join() === before) {
        await commands.dropMembers(key, GRACE, dead).catch(() => {});
        return [...newestById(entries.filter(hasValue)).values()].toSorted(byAge);
      }
      before = dead.join();
    }
  }

  #keysOf(record: StoredRecord): string[] {
    return this.#indexes.flatMap((index) => {
      const value = keyOf(index, record);
      return value === null ? [] : [this.#keys.index(index.attribute, value)];
    });
  }
}

/** A record that moved between two of the questions may have been found in both places. */
export function newestById(entries: readonly Entry[]): Map<string, Entry> {
  return new Map(entries.map((entry) => [entry.record.id, entry]));
}

function isLater(end: number | null, other: number | null): boolean {
  return other !== null && (end === null || end > other);
}

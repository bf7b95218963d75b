import type { StoredRecord } from '../storage_engine.js';

/** What the key of a record holds. */
export interface Entry {
  /** When the record was made: microseconds since 1970, never twice the same in one process. */
  readonly at: number;
  readonly record: StoredRecord;
  /** The place a record is moving from. It counts only once the mark there says that it has moved. */
  readonly from?: string;
}

/** What is left for a while where a record was that has moved. */
export interface Moved {
  readonly moved: string;
}

let last = 0;

/** Microseconds since 1970, counted on where the clock is not fine enough. */
export function newStamp(): number {
  return (last = Math.max(last + 1, Date.now() * 1000));
}

/** The text of a key as what it means; null for none, or for what this program did not write. */
export function parseEntry(text: string | null): Entry | Moved | null {
  if (text === null || text === '') return null;
  try {
    const value = JSON.parse(text) as Partial<Entry & Moved>;
    if (typeof value.moved === 'string') return { moved: value.moved };
    if (typeof value.at !== 'number' || typeof value.record?.id !== 'string') return null;
    return { ...(value as Entry), record: Object.freeze(value.record) };
  } catch {
    return null;
  }
}

export function isMoved(entry: Entry | Moved | null): entry is Moved {
  return entry !== null && 'moved' in entry;
}

/** Puts entries in the order in which they were made. */
export function byAge(one: Entry, other: Entry): number {
  return one.at - other.at || (one.record.id < other.record.id ? -1 : 1);
}

/** What stands where a record was that has moved to another place. */
export function markOf(place: string): string {
  return JSON.stringify({ moved: place } satisfies Moved);
}

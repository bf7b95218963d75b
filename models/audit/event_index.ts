import { compareFiles, type AuditFile, type Mark } from './audit_files.js';

/** Where an event lies. */
export interface Place {
  readonly file: AuditFile;
  /** Position of its line in the file, in bytes. */
  readonly offset: number;
  /** How many events the same user has before it in this file. */
  readonly ordinal: number;
}

const FIRST_SIZE = 64;
const FIELDS = 3;

/** The events of one file, three numbers each: offset, distance to the user's event before it (0: none), ordinal. */
class Segment {
  readonly file: AuditFile;
  readonly first: number;
  count = 0;
  // Files stay far below 4 GiB (AUDIT_MAX_MB), so 32 bits hold every offset.
  #numbers = new Uint32Array(FIRST_SIZE * FIELDS);

  constructor(file: AuditFile, first: number) {
    this.file = file;
    this.first = first;
  }

  add(offset: number, distance: number, ordinal: number): void {
    const at = this.count * FIELDS;
    if (at === this.#numbers.length) {
      const longer = new Uint32Array(at * 2);
      longer.set(this.#numbers);
      this.#numbers = longer;
    }
    this.#numbers.set([offset, distance, ordinal], at);
    this.count += 1;
  }

  placeOf(event: number): Place & { readonly distance: number } {
    const at = (event - this.first) * FIELDS;
    const [offset = 0, distance = 0, ordinal = 0] = this.#numbers.subarray(at, at + FIELDS);
    return { file: this.file, offset, distance, ordinal };
  }
}

/**
 * Finds a user's events, newest first, without reading a file.
 *
 * Events are numbered as they come. Each points back to the one before it of the same user, and a map knows the last
 * one of each user: twelve bytes an event (half as much again while an array grows) and one map entry a user. The
 * numbers of a file lie together, so a file that goes takes its part of the index with it.
 */
export class EventIndex {
  readonly #segments: Segment[] = [];
  readonly #last = new Map<string, number>();
  #next = 0;

  /** How many users have events here. */
  get users(): number {
    return this.#last.size;
  }

  /** Events that are added from now on lie in this file. */
  startFile(file: AuditFile): void {
    this.#segments.push(new Segment(file, this.#next));
  }

  /** Adds an event of the newest file. */
  add(user: string, offset: number): void {
    const segment = this.#segments.at(-1);
    if (!segment) throw new Error('no file was started');
    const previous = this.#last.get(user);
    const isKnown = previous !== undefined && previous >= this.#oldest();
    const isHere = isKnown && previous >= segment.first;
    segment.add(
      offset,
      isKnown ? this.#next - previous : 0,
      isHere ? segment.placeOf(previous).ordinal + 1 : 0,
    );
    this.#last.set(user, this.#next);
    this.#next += 1;
  }

  /** Forgets the oldest file's events. */
  dropOldest(): void {
    this.#segments.shift();
    const oldest = this.#oldest();
    for (const [user, event] of this.#last) if (event < oldest) this.#last.delete(user);
  }

  /** A user's events before a mark (all of them for null), newest first, at most `limit`. */
  find(user: string, before: Mark | null, limit: number): Place[] {
    const places: Place[] = [];
    const oldest = this.#oldest();
    let event = this.#last.get(user) ?? -1;
    for (let at = this.#segments.length - 1; event >= oldest && places.length < limit;) {
      while (this.#segments[at]!.first > event) at -= 1;
      const { distance, ...place } = this.#segments[at]!.placeOf(event);
      if (before === null || isBefore(place, before)) places.push(place);
      if (distance === 0) break;
      event -= distance;
    }
    return places;
  }

  /** The number of the oldest event there is, or of the next one to come. */
  #oldest(): number {
    return this.#segments[0]?.first ?? this.#next;
  }
}

function isBefore(place: Place, mark: Mark): boolean {
  const order = compareFiles(place.file, mark);
  return order < 0 || (order === 0 && place.ordinal < mark.ordinal);
}

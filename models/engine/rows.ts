/** Rows of a chunk: few enough that copying one costs a microsecond or two. */
const CHUNK_BITS = 10;
const CHUNK = 1 << CHUNK_BITS;

type Chunk<T> = (T | undefined)[];

/** Values as they were at one moment, whatever becomes of the list. */
export interface Snapshot<T> extends Iterable<T> {
  /** How many there are. */
  readonly size: number;
}

/**
 * A list with gaps, in chunks, so that it grows without being copied, and of which a snapshot costs nothing at once:
 * both have the same chunks until the list changes one, which it copies first.
 */
export class Rows<T> {
  readonly #chunks: Chunk<T>[] = [];
  #length = 0;
  #size = 0;
  /** Which chunks no snapshot has; the others are copied before they change. */
  readonly #isOwn: boolean[] = [];

  /** The number of rows, gaps included. */
  get length(): number {
    return this.#length;
  }

  /** The number of values. */
  get size(): number {
    return this.#size;
  }

  /** The value of a row; undefined where there is a gap or no row. */
  at(row: number): T | undefined {
    return this.#chunks[row >>> CHUNK_BITS]?.[row & (CHUNK - 1)];
  }

  /** Sets a row that is there, or the one after the last; undefined makes a gap. */
  set(row: number, value: T | undefined): void {
    const chunk = this.#ownChunk(row >>> CHUNK_BITS);
    const before = chunk[row & (CHUNK - 1)];
    if (value !== undefined) this.#size += 1;
    if (before !== undefined) this.#size -= 1;
    chunk[row & (CHUNK - 1)] = value;
    this.#length = Math.max(this.#length, row + 1);
  }

  /** Forgets what comes after so many rows, which must be gaps. */
  cut(length: number): void {
    const chunks = Math.ceil(length / CHUNK);
    this.#chunks.length = Math.min(this.#chunks.length, chunks);
    this.#isOwn.length = this.#chunks.length;
    this.#length = length;
  }

  /** The values from a row on, as they are when they are asked for. */
  *from(first: number): Iterable<T> {
    for (let row = first; row < this.#length; row += 1) {
      const value = this.at(row);
      if (value !== undefined) yield value;
    }
  }

  snapshot(): Snapshot<T> {
    const chunks = [...this.#chunks];
    this.#isOwn.fill(false);
    return {
      size: this.#size,
      *[Symbol.iterator]() {
        for (const chunk of chunks) for (const value of chunk) if (value !== undefined) yield value;
      },
    };
  }

  #ownChunk(at: number): Chunk<T> {
    if (this.#isOwn[at] !== true) {
      this.#chunks[at] = [...(this.#chunks[at] ?? [])];
      this.#isOwn[at] = true;
    }
    return this.#chunks[at]!;
  }
}

import { NONE, UniqueIndex, type KeyAt } from './hash_index.js';

const CHUNK_BITS = 12;
const CHUNK = 1 << CHUNK_BITS;

/**
 * Finds rows by a key that many may share: the first of each key is in a {@link UniqueIndex}, and the rows of one
 * key form a ring in the order in which they came, so that adding and removing cost the same however many there are.
 */
export class SharedIndex {
  readonly #first: UniqueIndex;
  readonly #next = new Links();
  readonly #previous = new Links();

  constructor(keyAt: KeyAt) {
    this.#first = new UniqueIndex(keyAt);
  }

  /** The rows with this key, oldest first. */
  findAll(key: string): number[] {
    const first = this.#first.find(key);
    if (first === NONE) return [];
    const rows = [first];
    for (let row = this.#next.of(first); row !== first; row = this.#next.of(row)) rows.push(row);
    return rows;
  }

  add(row: number, key: string): void {
    const first = this.#first.add(row, key);
    if (first === NONE) {
      this.#link(row, row);
      return;
    }
    this.#link(this.#previous.of(first), row);
    this.#link(row, first);
  }

  /** Removes a row that has this key, which the table must still tell. */
  remove(row: number, key: string): void {
    const next = this.#next.of(row);
    if (next === row) {
      this.#first.remove(key);
      return;
    }
    if (this.#first.find(key) === row) this.#first.move(key, next);
    this.#link(this.#previous.of(row), next);
  }

  /** The row `to` takes the place of `from`, whose key the table must still tell. */
  move(from: number, to: number, key: string): void {
    if (this.#first.find(key) === from) this.#first.move(key, to);
    const isAlone = this.#next.of(from) === from;
    this.#link(isAlone ? to : this.#previous.of(from), to);
    this.#link(to, isAlone ? to : this.#next.of(from));
  }

  #link(row: number, next: number): void {
    this.#next.set(row, next);
    this.#previous.set(next, row);
  }
}

/** A row for each row, in chunks, so that there can be more of them without a copy of all. */
class Links {
  readonly #chunks: Int32Array[] = [];

  of(row: number): number {
    return this.#chunks[row >>> CHUNK_BITS]![row & (CHUNK - 1)]!;
  }

  set(row: number, link: number): void {
    while (row >= this.#chunks.length * CHUNK) this.#chunks.push(new Int32Array(CHUNK));
    this.#chunks[row >>> CHUNK_BITS]![row & (CHUNK - 1)] = link;
  }
}

import { NONE, UniqueIndex, type KeyAt } from './hash_index.js';

const FIRST_SIZE = 16;

/**
 * Finds rows by a key that many may share: the first of each key is in a {@link UniqueIndex}, and the rows of one
 * key form a ring in the order in which they came, so that adding and removing cost the same however many there are.
 */
export class SharedIndex {
  readonly #first: UniqueIndex;
  #next = new Int32Array(FIRST_SIZE);
  #previous = new Int32Array(FIRST_SIZE);

  constructor(keyAt: KeyAt) {
    this.#first = new UniqueIndex(keyAt);
  }

  /** The rows with this key, oldest first. */
  findAll(key: string): number[] {
    const first = this.#first.find(key);
    if (first === NONE) return [];
    const rows = [first];
    for (let row = this.#next[first]!; row !== first; row = this.#next[row]!) rows.push(row);
    return rows;
  }

  add(row: number, key: string): void {
    if (row >= this.#next.length) this.#lengthen(row + 1);
    const first = this.#first.add(row, key);
    if (first === NONE) {
      this.#link(row, row);
      return;
    }
    this.#link(this.#previous[first]!, row);
    this.#link(row, first);
  }

  /** Removes a row that has this key, which the table must still tell. */
  remove(row: number, key: string): void {
    const next = this.#next[row]!;
    if (next === row) {
      this.#first.remove(key);
      return;
    }
    if (this.#first.find(key) === row) this.#first.move(key, next);
    this.#link(this.#previous[row]!, next);
  }

  /** The row `to` takes the place of `from`, whose key the table must still tell. */
  move(from: number, to: number, key: string): void {
    if (to >= this.#next.length) this.#lengthen(to + 1);
    if (this.#first.find(key) === from) this.#first.move(key, to);
    const isAlone = this.#next[from] === from;
    this.#link(isAlone ? to : this.#previous[from]!, to);
    this.#link(to, isAlone ? to : this.#next[from]!);
  }

  #link(row: number, next: number): void {
    this.#next[row] = next;
    this.#previous[next] = row;
  }

  #lengthen(size: number): void {
    this.#next = lengthen(this.#next, size);
    this.#previous = lengthen(this.#previous, size);
  }
}

/** A copy with room for at least `size` numbers: twice what there was, so that growing costs little in the long run. */
function lengthen(numbers: Int32Array, size: number): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(Math.max(size, numbers.length * 2));
  longer.set(numbers);
  return longer;
}

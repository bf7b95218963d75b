import { randomInt } from 'node:crypto';

/** What an index sees of a table: the key of a row, or null when the row has nothing to compare. */
export type KeyAt = (row: number) => string | null;

const NONE = -1;
const FIRST_SIZE = 16;
/** Different in every process, so that nobody can prepare keys that all meet in one place. */
const SEED = randomInt(2 ** 31);

/**
 * Finds a row by a key of which there is one: a hash table with linear probing in typed arrays.
 *
 * A Map with text keys would do the same, but at a million records it costs three times the memory and most of the
 * time of opening a store, because growing it visits every key again; here growing reads the kept hashes.
 */
export class UniqueIndex {
  readonly #keyAt: KeyAt;
  /** Row numbers plus one; zero is an empty slot. At most half of them are taken. */
  #slots = new Int32Array(FIRST_SIZE);
  #taken = 0;
  /** The hash of each row's key, by row. */
  #hashes = new Int32Array(FIRST_SIZE);

  constructor(keyAt: KeyAt) {
    this.#keyAt = keyAt;
  }

  /** The row with this key, or -1. */
  find(key: string): number {
    const hash = hashOf(key);
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const row = this.#slots[slot]! - 1;
      if (row === NONE) return NONE;
      if (this.#hashes[row] === hash && this.#keyAt(row) === key) return row;
    }
  }

  /** Adds a row whose key is not there yet. */
  add(row: number, key: string): void {
    if ((this.#taken + 1) * 2 > this.#slots.length) this.#grow();
    if (row >= this.#hashes.length) this.#hashes = lengthen(this.#hashes, row + 1);
    this.#hashes[row] = hashOf(key);
    this.#taken += 1;
    this.#place(row);
  }

  remove(row: number): void {
    const mask = this.#slots.length - 1;
    let gap = this.#slotOf(row);
    this.#slots[gap] = 0;
    this.#taken -= 1;
    // A gap would hide what was pushed past it: move those rows back that may stand there.
    for (let slot = (gap + 1) & mask; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const home = this.#hashes[this.#slots[slot]! - 1]! & mask;
      if (((slot - home) & mask) < ((slot - gap) & mask)) continue;
      this.#slots[gap] = this.#slots[slot]!;
      this.#slots[slot] = 0;
      gap = slot;
    }
  }

  /** The row `to` takes the place of `from`: it has the same key. */
  move(from: number, to: number): void {
    if (to >= this.#hashes.length) this.#hashes = lengthen(this.#hashes, to + 1);
    this.#hashes[to] = this.#hashes[from]!;
    this.#slots[this.#slotOf(from)] = to + 1;
  }

  #slotOf(row: number): number {
    const mask = this.#slots.length - 1;
    let slot = this.#hashes[row]! & mask;
    while (this.#slots[slot] !== row + 1) slot = (slot + 1) & mask;
    return slot;
  }

  #place(row: number): void {
    const mask = this.#slots.length - 1;
    let slot = this.#hashes[row]! & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = row + 1;
  }

  #grow(): void {
    const rows = this.#slots;
    this.#slots = new Int32Array(rows.length * 2);
    for (const row of rows) if (row !== 0) this.#place(row - 1);
  }
}

/**
 * Finds rows by a key that many may share: the first of each key is in a {@link UniqueIndex}, and the rows of one
 * key form a ring in the order in which they came, so that adding and removing cost the same however many there are.
 */
export class SharedIndex {
  readonly #keyAt: KeyAt;
  readonly #first: UniqueIndex;
  #next = new Int32Array(FIRST_SIZE);
  #previous = new Int32Array(FIRST_SIZE);

  constructor(keyAt: KeyAt) {
    this.#keyAt = keyAt;
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
    const first = this.#first.find(key);
    if (first === NONE) {
      this.#first.add(row, key);
      this.#link(row, row);
      return;
    }
    this.#link(this.#previous[first]!, row);
    this.#link(row, first);
  }

  remove(row: number): void {
    const next = this.#next[row]!;
    if (next === row) {
      this.#first.remove(row);
      return;
    }
    if (this.#isFirst(row)) this.#first.move(row, next);
    this.#link(this.#previous[row]!, next);
  }

  /** The row `to` takes the place of `from`, whose key the table must still tell. */
  move(from: number, to: number): void {
    if (to >= this.#next.length) this.#lengthen(to + 1);
    if (this.#isFirst(from)) this.#first.move(from, to);
    const isAlone = this.#next[from] === from;
    this.#link(isAlone ? to : this.#previous[from]!, to);
    this.#link(to, isAlone ? to : this.#next[from]!);
  }

  #isFirst(row: number): boolean {
    const key = this.#keyAt(row);
    return key !== null && this.#first.find(key) === row;
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

/** A seeded FNV-1a with a final mix; not cryptographic, only well spread. */
function hashOf(key: string): number {
  let hash = SEED;
  for (let i = 0; i < key.length; i += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash ^ (hash >>> 13), 0x5bd1e995);
  return hash ^ (hash >>> 15);
}

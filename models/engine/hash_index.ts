import { randomInt } from 'node:crypto';

/** What an index sees of a table: the key of a row, or null when the row has nothing to compare. */
export type KeyAt = (row: number) => string | null;

/** Where there is no row. */
export const NONE = -1;

/** Numbers in a segment: two for each slot. A segment that is full at the most is split, in some tenth of a millisecond. */
const FIRST_SIZE = 32;
const MOST_SIZE = 16_384;
/** Bits of a hash that tell segments apart; those above them tell slots apart. Never all used, in a sound table. */
const MOST_DEPTH = 16;
/** Different in every process, so that nobody can prepare keys that all meet in one place. */
const SEED = randomInt(2 ** 31);

/** All keys whose hashes end in the same bits: a hash table with linear probing, at most two thirds taken. */
class Segment {
  /** Pairs: a row number plus one (zero: an empty slot), and the hash of its key. */
  slots: Int32Array;
  taken = 0;
  /** How many bits the hashes have in common. */
  readonly depth: number;

  constructor(depth: number, size: number) {
    this.depth = depth;
    this.slots = new Int32Array(size);
  }

  get isFull(): boolean {
    return (this.taken + 1) * 3 > this.slots.length;
  }

  /** Puts a row into the first empty slot for it. */
  place(row: number, hash: number): void {
    const mask = this.slots.length - 1;
    let slot = homeOf(hash, mask);
    while (this.slots[slot] !== 0) slot = (slot + 2) & mask;
    this.slots[slot] = row + 1;
    this.slots[slot + 1] = hash;
    this.taken += 1;
  }

  /** Empties a slot. A gap would hide what was pushed past it: what may stand there moves back. */
  clear(slot: number): void {
    const { slots } = this;
    const mask = slots.length - 1;
    let gap = slot;
    for (let next = (gap + 2) & mask; slots[next] !== 0; next = (next + 2) & mask) {
      const home = homeOf(slots[next + 1]!, mask);
      if (((next - home) & mask) < ((next - gap) & mask)) continue;
      slots.copyWithin(gap, next, next + 2);
      gap = next;
    }
    slots[gap] = 0;
    this.taken -= 1;
  }
}

/**
 * Finds a row by a key of which there is one: a hash table in typed arrays that grows a segment at a time (extendible
 * hashing), so that no insert waits for all the others to be placed again.
 *
 * A Map with text keys would do the same, but at a million records it costs three times the memory and most of the
 * time of opening a store, and whenever it doubles it stops everything for a part of a second.
 */
export class UniqueIndex {
  readonly #keyAt: KeyAt;
  /** By the last bits of a hash; a segment is there as often as it leaves bits open. */
  #segments = [new Segment(0, FIRST_SIZE)];

  constructor(keyAt: KeyAt) {
    this.#keyAt = keyAt;
  }

  /** The row with this key, or -1. */
  find(key: string): number {
    const hash = hashOf(key);
    const { slots } = this.#segmentOf(hash);
    return slots[this.#slotFor(slots, hash, key)]! - 1;
  }

  /** Adds a row unless there is one with its key: that row, or -1 when it was added. */
  add(row: number, key: string): number {
    const hash = hashOf(key);
    const { slots } = this.#segmentOf(hash);
    const there = slots[this.#slotFor(slots, hash, key)]! - 1;
    if (there !== NONE) return there;
    while (this.#segmentOf(hash).isFull) this.#makeRoom(hash);
    this.#segmentOf(hash).place(row, hash);
    return NONE;
  }

  /** Removes the row with this key, which must be there. */
  remove(key: string): void {
    const hash = hashOf(key);
    const segment = this.#segmentOf(hash);
    segment.clear(this.#slotFor(segment.slots, hash, key));
  }

  /** The row `to` takes the place of the one with this key, which must be there. */
  move(key: string, to: number): void {
    const hash = hashOf(key);
    const { slots } = this.#segmentOf(hash);
    slots[this.#slotFor(slots, hash, key)] = to + 1;
  }

  #segmentOf(hash: number): Segment {
    return this.#segments[hash & (this.#segments.length - 1)]!;
  }

  /** The slot in which this key is, or else the empty one in which it would be. */
  #slotFor(slots: Int32Array, hash: number, key: string): number {
    const mask = slots.length - 1;
    let slot = homeOf(hash, mask);
    for (; slots[slot] !== 0; slot = (slot + 2) & mask)
      if (slots[slot + 1] === hash && this.#keyAt(slots[slot]! - 1) === key) break;
    return slot;
  }

  /** Doubles the segment of a hash, or splits it in two by one more bit. */
  #makeRoom(hash: number): void {
    const { depth, slots } = this.#segmentOf(hash);
    const bit = 1 << depth;
    const isSplit = slots.length >= MOST_SIZE && depth < MOST_DEPTH;
    const low = isSplit ? new Segment(depth + 1, slots.length) : new Segment(depth, slots.length * 2);
    const high = isSplit ? new Segment(depth + 1, slots.length) : low;
    for (let slot = 0; slot < slots.length; slot += 2) {
      const kept = slots[slot + 1]!;
      if (slots[slot] !== 0) (kept & bit ? high : low).place(slots[slot]! - 1, kept);
    }
    if (isSplit && bit === this.#segments.length) this.#segments = [...this.#segments, ...this.#segments];
    for (let at = hash & (bit - 1); at < this.#segments.length; at += bit)
      this.#segments[at] = at & bit ? high : low;
  }
}

/** Where the search for a hash begins: an even place. */
function homeOf(hash: number, mask: number): number {
  return ((hash >>> MOST_DEPTH) << 1) & mask;
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

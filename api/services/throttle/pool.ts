import type { Slot } from './slot.js';

/**
 * Slots by key: those worth keeping, in the order in which they last were, and of these a limited number; and those
 * that exist only as long as an attempt is under way, as many as there are requests.
 *
 * They are apart because a Map remembers the place of whatever was removed until it grows or has no room left. To
 * move one key to the end again and again, at every login, makes it slow in a large Map: milliseconds, measured.
 */
export class Pool {
  readonly #capacity: number;
  readonly #passing = new Map<string, Slot>();
  readonly #kept = new Map<string, Slot>();
  /** Where the search for the oldest goes on: from the start, it would step over all the places of those removed. */
  #oldest: Iterator<Slot, undefined> = this.#kept.values();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get(id: string): Slot | null {
    return this.#kept.get(id) ?? this.#passing.get(id) ?? null;
  }

  /** Puts a new slot in, for a while. */
  add(slot: Slot): void {
    this.#passing.set(slot.entry.id, slot);
  }

  /** Makes a slot the newest of those to keep, and removes the oldest when they are too many. */
  keep(slot: Slot): void {
    this.delete(slot);
    this.#kept.set(slot.entry.id, slot);
    for (let steps = this.#kept.size; steps > 0 && this.#kept.size > this.#capacity; steps -= 1) {
      const oldest = this.#next();
      if (oldest?.isIdle) this.#evict(oldest);
    }
  }

  delete(slot: Slot): boolean {
    const { id } = slot.entry;
    return this.#passing.delete(id) || this.#kept.delete(id);
  }

  slots(): Slot[] {
    return [...this.#kept.values(), ...this.#passing.values()];
  }

  #evict(slot: Slot): void {
    this.delete(slot);
    // If that fails, the record is read again at the next start, and may then be removed again.
    slot.discard().catch(() => {});
  }

  #next(): Slot | undefined {
    const next = this.#oldest.next();
    if (next.done) this.#oldest = this.#kept.values();
    return next.value;
  }
}

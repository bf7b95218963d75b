import { currentTime } from '../../../models/base.js';
import { slicesOf } from '../../../models/engine/table.js';
import { ThrottleEntry, type ThrottleKind } from '../../../models/throttle_entry.js';
import { LIMITS } from './limits.js';
import { Pool } from './pool.js';
import { Slot } from './slot.js';

const SLICE = 1000;

/** How many entries of each sort are kept at most. */
export interface Capacity {
  readonly counting: number;
  readonly networks: number;
}

/** Which entry, and what a new one is to be told of itself. */
export interface SlotKey {
  readonly id: string;
  readonly kind: ThrottleKind;
  readonly account?: string;
}

/**
 * All entries of the throttle, in memory and written through to the storage. Memory decides: it counts attempts that
 * are under way, and goes on counting when the disk is full.
 *
 * Known networks have room of their own: a flood of wrong tries pushes out old counts, never what lets owners in.
 */
export class ThrottleEntries {
  readonly #counting: Pool;
  readonly #networks: Pool;
  #loading: Promise<void> | null = null;

  constructor(capacity: Capacity = LIMITS.entries) {
    this.#counting = new Pool(capacity.counting);
    this.#networks = new Pool(capacity.networks);
  }

  /** Reads what was stored, the first time; call it before anything else. */
  async load(): Promise<void> {
    this.#loading ??= this.#load().catch((error: unknown) => {
      this.#loading = null;
      throw error;
    });
    await this.#loading;
  }

  /** The entry with this key, a new one if there is none. */
  slot(key: SlotKey): Slot {
    const slot = this.peek(key) ?? this.#add(key);
    slot.entry.setBackTo(currentTime());
    if (slot.entry.isOverAt(currentTime())) slot.clear();
    return slot;
  }

  peek({ id, kind }: SlotKey): Slot | null {
    return this.#poolOf(kind).get(id);
  }

  /** The entries that delay an account; looks at all there are. */
  delaysOf(account: string): Slot[] {
    return this.#counting.slots().filter(({ entry }) => entry.account === account);
  }

  /**
   * Writes what these slots say, together; resolves once that is durable.
   * @throws StorageUnavailableError.
   */
  async save(slots: readonly Slot[]): Promise<void> {
    await Promise.all(slots.map((slot) => this.#save(slot)));
    for (const slot of slots) this.drop(slot);
  }

  /** Forgets a slot that holds nothing and that nobody holds on to: true if so. */
  drop(slot: Slot): boolean {
    return slot.isIdle && slot.isNothing && this.#poolOf(slot.entry.kind).delete(slot);
  }

  /**
   * Removes entries that say nothing any more and writes what is not written yet, in slices.
   * @returns how many were removed.
   * @throws StorageUnavailableError once all were tried.
   */
  async sweep(): Promise<number> {
    await this.load();
    const failures: unknown[] = [];
    let removed = 0;
    for await (const slice of slicesOf([...this.#counting.slots(), ...this.#networks.slots()], SLICE)) {
      const results = await Promise.allSettled(slice.map((slot) => this.#tidy(slot)));
      for (const result of results) {
        if (result.status === 'rejected') failures.push(result.reason);
        else if (result.value) removed += 1;
      }
    }
    if (failures.length > 0) throw failures[0];
    return removed;
  }

  async #tidy(slot: Slot): Promise<boolean> {
    if (slot.entry.isOverAt(currentTime())) slot.clear();
    await this.#save(slot);
    return this.drop(slot);
  }

  async #save(slot: Slot): Promise<void> {
    if (!slot.isChanged) return;
    const saved = slot.save();
    this.#poolOf(slot.entry.kind).keep(slot);
    await saved;
  }

  #add({ id, ...attributes }: SlotKey): Slot {
    const slot = new Slot(new ThrottleEntry({ id, ...attributes }), false);
    this.#poolOf(attributes.kind).add(slot);
    return slot;
  }

  async #load(): Promise<void> {
    const entries: ThrottleEntry[] = [];
    for await (const slice of ThrottleEntry.slices(SLICE)) entries.push(...slice);
    entries.sort((one, other) => one.updated_at.getTime() - other.updated_at.getTime());
    for (const entry of entries) this.#poolOf(entry.kind).keep(new Slot(entry, true));
  }

  #poolOf(kind: ThrottleKind): Pool {
    return kind === 'networks' ? this.#networks : this.#counting;
  }
}

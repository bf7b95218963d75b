import type { ThrottleEntry } from '../../../models/throttle_entry.js';

const NOTHING_WRITTEN = Promise.resolve();

/** An entry in memory, with what need not survive a restart: the attempts under way. */
export class Slot {
  readonly entry: ThrottleEntry;
  #pending = 0;
  #isStored: boolean;
  #isChanged = false;
  #writes = 0;
  #writing: Promise<void> = NOTHING_WRITTEN;
  #waiting: (() => void)[] | null = null;

  constructor(entry: ThrottleEntry, isStored: boolean) {
    this.entry = entry;
    this.#isStored = isStored;
  }

  /** Attempts whose outcome is not known yet. Each counts as wrong. */
  get pending(): number {
    return this.#pending;
  }

  /** True when nobody holds on to it: no attempt, no one waiting, no write. */
  get isIdle(): boolean {
    return this.#pending === 0 && this.#waiting === null && this.#writes === 0;
  }

  /** True while the disk does not say what the entry says. */
  get isChanged(): boolean {
    return this.#isChanged || this.#writes > 0;
  }

  /** True when neither the entry nor the disk has anything worth keeping. */
  get isNothing(): boolean {
    return this.entry.isEmpty && !this.#isStored;
  }

  reserve(): void {
    this.#pending += 1;
  }

  release(): void {
    this.#pending -= 1;
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    for (const wake of waiting) wake();
  }

  /** Resolves once an attempt that is under way now has ended. */
  released(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting ??= [];
      this.#waiting.push(resolve);
    });
  }

  /** Says that the entry is no longer what is on disk; `save` writes it. */
  touch(): void {
    this.#isChanged = true;
  }

  /** Forgets what the entry says. */
  clear(): void {
    if (this.entry.isEmpty) return;
    this.entry.clear();
    this.#isChanged = true;
  }

  /**
   * Brings the disk in line with the entry, if it is not: resolves once all that it says now is durable. Nothing is
   * kept of an empty entry.
   * @throws StorageUnavailableError; memory goes on counting, and the next save tries again.
   */
  async save(): Promise<void> {
    if (!this.isChanged) return;
    this.#writes += 1;
    // One after the other: whoever comes during a write finds his change written by the next one.
    this.#writing = this.#writing.then(
      () => this.#write(),
      () => this.#write(),
    );
    try {
      await this.#writing;
    } finally {
      this.#writes -= 1;
    }
  }

  /** Removes the record, for good: the slot must not be used afterwards. */
  async discard(): Promise<void> {
    if (this.#isStored) await this.entry.remove();
  }

  async #write(): Promise<void> {
    if (!this.#isChanged) return;
    this.#isChanged = false;
    try {
      await this.#store();
    } catch (error) {
      this.#isChanged = true;
      throw error;
    }
  }

  async #store(): Promise<void> {
    if (!this.entry.isEmpty) {
      this.#isStored = true;
      if (await this.entry.save()) return;
      // It was over, and the store removed it by itself: what is counted now is stored anew.
      await this.entry.remove();
      await this.entry.save();
    } else if (this.#isStored) {
      await this.entry.remove();
      this.#isStored = false;
    }
  }
}

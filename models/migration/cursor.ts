import { currentTime } from '../base.js';
import type { StoredRecord } from '../engine/storage_engine.js';
import { tableOf } from '../storage.js';
import type { Model } from './place.js';

/**
 * Milliseconds before its end from which on a record may be missing: a store removes what is over by its own clock,
 * which may be ahead of ours.
 */
const EARLY = 60_000;

/** Walks through records one by one, past those that are over. */
export class Cursor {
  /** How many were left out because they are over. */
  over = 0;
  readonly #slices: AsyncIterator<readonly StoredRecord[]>;
  readonly #endOf: (record: StoredRecord) => number | null;
  #slice: readonly StoredRecord[] = [];
  #next = 0;
  #isAtEnd = false;

  constructor(model: Model, slices: AsyncIterable<readonly StoredRecord[]>) {
    this.#slices = slices[Symbol.asyncIterator]();
    this.#endOf = tableOf(model).expiresAt ?? (() => null);
  }

  /** The record it is at; null at the end. */
  async current(): Promise<StoredRecord | null> {
    for (;;) {
      await this.#fill();
      const record = this.#slice[this.#next];
      if (!record) return null;
      if (!this.#endsBy(record, currentTime())) return record;
      this.over += 1;
      this.#next += 1;
    }
  }

  advance(): void {
    this.#next += 1;
  }

  /** Leaves the record it is at out when that may be missing elsewhere because it is over, or nearly; true then. */
  async skipIfEnding(): Promise<boolean> {
    const record = await this.current();
    if (!record || !this.#endsBy(record, currentTime() + EARLY)) return false;
    this.over += 1;
    this.#next += 1;
    return true;
  }

  /** What is left, from the record it is at on, in slices without those that are over. */
  async *rest(): AsyncGenerator<readonly StoredRecord[]> {
    while (await this.current()) {
      const slice = this.#slice.slice(this.#next);
      const live = slice.filter((record) => !this.#endsBy(record, currentTime()));
      this.over += slice.length - live.length;
      this.#next = this.#slice.length;
      if (live.length > 0) yield live;
    }
  }

  async #fill(): Promise<void> {
    while (!this.#isAtEnd && this.#next >= this.#slice.length) {
      const { value, done } = await this.#slices.next();
      this.#isAtEnd = done === true;
      this.#slice = done ? [] : value;
      this.#next = 0;
    }
  }

  #endsBy(record: StoredRecord, time: number): boolean {
    const end = this.#endOf(record);
    return end !== null && end <= time;
  }
}

import RateLimiterRes from 'rate-limiter-flexible/lib/RateLimiterRes.js';
import RateLimiterStoreAbstract from 'rate-limiter-flexible/lib/RateLimiterStoreAbstract.js';
import { currentTime } from '../../../models/base.js';
import type { ThrottleEntries } from './entries.js';
import type { Slot } from './slot.js';

/** What the library is told of a key: points are wrong tries and attempts under way. */
interface Points {
  readonly consumed: number;
  readonly msBeforeNext: number;
}

export interface CountLimitOptions {
  readonly kind: 'address' | 'row';
  /** Wrong tries that are allowed. */
  readonly wrong: number;
  readonly seconds: number;
  /** When true the time begins anew with every wrong try; otherwise it begins with the first. */
  readonly isProlonged: boolean;
}

/**
 * So many wrong tries in so much time: rate-limiter-flexible over the throttle's entries. The library's own limiters
 * keep time by themselves and count in memory without bound, so this one gives it a store with our clock. To
 * *consume* a point is to reserve an attempt; it is given back, or becomes a wrong try, once the outcome is known.
 */
export class CountLimit extends RateLimiterStoreAbstract {
  readonly name: 'address' | 'row';
  readonly #entries: ThrottleEntries;
  readonly #isProlonged: boolean;

  constructor(entries: ThrottleEntries, { kind, wrong, seconds, isProlonged }: CountLimitOptions) {
    super({ points: wrong, duration: seconds, keyPrefix: '', storeClient: entries });
    this.name = kind;
    this.#entries = entries;
    this.#isProlonged = isProlonged;
  }

  /** Reserves an attempt at once. @returns 0, or the milliseconds to wait: then nothing is reserved. */
  async enter(key: string, isExempt: boolean): Promise<number> {
    // Asked first, because what is reserved in vain would have to be given back, and that wakes those who wait for a
    // place: two of them would wake each other for ever.
    const slot = this.slot(key);
    if (!isExempt && slot.entry.wrong + slot.pending >= this.points)
      return Math.max(1, this.#refuse(slot), this.#msLeft(slot));
    await (isExempt ? this.penalty(key) : this.consume(key));
    return 0;
  }

  /** Whoever knocks at a closed door is no quiet. */
  #refuse(slot: Slot): number {
    if (this.#isProlonged && this.msToWait(slot) > 0) this.#prolong(slot);
    return this.msToWait(slot);
  }

  /** The entry of a key for which an attempt is reserved. */
  slot(id: string): Slot {
    return this.#entries.slot({ id, kind: this.name });
  }

  /** Milliseconds to wait that wrong tries ask for, whatever is under way; 0 for none. */
  msToWait(slot: Slot): number {
    const { entry } = slot;
    return entry.isOverAt(currentTime()) || entry.wrong < this.points ? 0 : this.#msLeft(slot);
  }

  countWrong(slot: Slot): void {
    if (slot.entry.isOverAt(currentTime())) slot.clear();
    const isFirst = slot.entry.wrong === 0;
    slot.entry.wrong += 1;
    if (isFirst || this.#isProlonged) this.#prolong(slot);
    slot.touch();
  }

  /** Lets the time begin anew. Written by the next save. */
  #prolong(slot: Slot): void {
    slot.entry.tried_at = new Date(currentTime());
    slot.entry.expires_at = new Date(currentTime() + this.duration * 1000);
    slot.touch();
  }

  #msLeft({ entry }: Slot): number {
    return entry.wrong === 0 ? this.duration * 1000 : entry.expires_at.getTime() - currentTime();
  }

  // What the library asks of a store. Each does its work before the first await, so that attempts that come at once
  // are counted one after the other.

  /** The library's: adds points, reservations all of them. */
  async _upsert(key: string, points: number): Promise<Points> {
    const slot = this.slot(key);
    if (points > 0) slot.reserve();
    else slot.release();
    return { consumed: slot.entry.wrong + slot.pending, msBeforeNext: this.#msLeft(slot) };
  }

  /** The library's: its answer made of ours. */
  _getRateLimiterRes(_key: string, changed: number, { consumed, msBeforeNext }: Points): RateLimiterRes {
    return new RateLimiterRes(
      Math.max(0, this.points - consumed),
      msBeforeNext,
      consumed,
      consumed === changed,
    );
  }
}

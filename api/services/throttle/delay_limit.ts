import { currentTime } from '../../../models/base.js';
import type { ThrottleEntries } from './entries.js';
import { delayAfter, fadedCount, LIMITS } from './limits.js';
import type { Slot } from './slot.js';

/**
 * The growing delay for an account from one network or device. By hand: rate-limiter-flexible forgets a count at once
 * when its time is over, and knows one length of block, where this one doubles and fades.
 */
export class DelayLimit {
  readonly name = 'delay';
  readonly #entries: ThrottleEntries;
  readonly #account: string;

  constructor(entries: ThrottleEntries, account: string) {
    this.#entries = entries;
    this.#account = account;
  }

  /** Reserves an attempt at once. @returns 0, or the milliseconds to wait: then nothing is reserved. */
  async enter(key: string): Promise<number> {
    const slot = this.slot(key);
    const isFree = wrongTries(slot) + slot.pending < LIMITS.delay.free;
    // Once tries cost a delay, they go one by one.
    const wait = isFree || slot.pending === 0 ? this.msToWait(slot) : LIMITS.delay.first * 1000;
    if (wait === 0) slot.reserve();
    return wait;
  }

  /** The entry of a key for which an attempt is reserved. */
  slot(id: string): Slot {
    return this.#entries.slot({ id, kind: this.name, account: this.#account });
  }

  /** Milliseconds to wait that wrong tries ask for, whatever is under way; 0 for none. */
  msToWait(slot: Slot): number {
    const delay = delayAfter(wrongTries(slot)) * 1000;
    return Math.max(0, delay - (currentTime() - slot.entry.tried_at.getTime()));
  }

  countWrong(slot: Slot): void {
    const { entry } = slot;
    entry.wrong = wrongTries(slot) + 1;
    entry.tried_at = new Date(currentTime());
    entry.expires_at = new Date(currentTime() + entry.wrong * LIMITS.delay.forgivenEvery * 1000);
    slot.touch();
  }
}

/** What is left of the wrong tries by now. */
function wrongTries({ entry }: Slot): number {
  return fadedCount(entry.wrong, currentTime() - entry.tried_at.getTime());
}

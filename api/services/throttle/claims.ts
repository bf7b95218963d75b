import type { ThrottleEntries } from './entries.js';
import type { LimitName } from './limits.js';
import type { Slot } from './slot.js';

/** One of the throttle's rules, over the entries it counts in. */
export interface Limit {
  readonly name: LimitName;
  /** Reserves an attempt at once. @returns 0, or the milliseconds to wait: then nothing is reserved. */
  enter(key: string, isExempt: boolean): Promise<number>;
  slot(key: string): Slot;
  /** Milliseconds to wait that known outcomes ask for, whatever is under way; 0 for none. */
  msToWait(slot: Slot): number;
  countWrong(slot: Slot): void;
}

/** A limit that an attempt meets; an exempt one is counted by it and never stopped. */
export interface Claim {
  readonly limit: Limit;
  readonly key: string;
  readonly isExempt: boolean;
  /** True when a right password shows that the wrong tries were the owner's. */
  readonly isForgivable: boolean;
}

/** What one attempt reserves with each limit: all of them or none. */
export class Claims {
  readonly #entries: ThrottleEntries;
  readonly #claims: readonly Claim[];

  constructor(entries: ThrottleEntries, claims: readonly Claim[]) {
    this.#entries = entries;
    this.#claims = claims;
  }

  /** @returns null when everything is reserved; else the first that refuses, and nothing is. */
  async enter(): Promise<Claim | null> {
    for (const [index, claim] of this.#claims.entries()) {
      if ((await claim.limit.enter(claim.key, claim.isExempt)) === 0) continue;
      this.#release(this.#claims.slice(0, index));
      return claim;
    }
    return null;
  }

  release(): void {
    this.#release(this.#claims);
  }

  countWrong(): Slot[] {
    return this.#claims.map(({ limit, key }) => {
      const slot = limit.slot(key);
      limit.countWrong(slot);
      return slot;
    });
  }

  forgive(): Slot[] {
    const slots = this.#claims.filter((claim) => claim.isForgivable).map(slotOf);
    for (const slot of slots) slot.clear();
    return slots;
  }

  /** Writes what has changed. @throws StorageUnavailableError. */
  async save(slots: readonly Slot[]): Promise<void> {
    await this.#entries.save(slots);
  }

  #release(claims: readonly Claim[]): void {
    for (const slot of claims.map(slotOf)) {
      slot.release();
      this.#entries.drop(slot);
    }
  }
}

function slotOf({ limit, key }: Claim): Slot {
  return limit.slot(key);
}

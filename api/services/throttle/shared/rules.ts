import type { ThrottleEntry } from '../../../../models/throttle_entry.js';
import { delayAfter, fadedCount, LIMITS, type LimitName } from '../limits.js';

/** One of the throttle's limits, over an entry of a shared store. Times are in milliseconds since 1970. */
export interface Rule {
  readonly name: LimitName;
  /** True when a right password shows that the wrong tries were the owner's. */
  readonly isForgivable: boolean;
  /** Milliseconds to wait that known outcomes ask for, whatever is under way; 0 for none. */
  msToWait(entry: ThrottleEntry, now: number): number;
  /** Whether one more attempt may be under way, if all that are should turn out wrong. */
  hasRoom(entry: ThrottleEntry, now: number): boolean;
  /** Counts an attempt that began at this time. */
  countWrong(entry: ThrottleEntry, at: number): void;
  /** Milliseconds for which one wrong try counts. */
  readonly lasts: number;
}

/** So many wrong tries in so much time, as CountLimit has them in memory. */
function countRule(name: 'address' | 'row', isProlonged: boolean): Rule {
  const { wrong, seconds } = LIMITS[name];
  const lasts = seconds * 1000;
  return {
    name,
    lasts,
    isForgivable: isProlonged,
    msToWait: (entry, now) => (entry.wrong < wrong ? 0 : entry.expires_at.getTime() - now),
    hasRoom: (entry) => entry.wrong + entry.pending.length < wrong,
    countWrong(entry, at) {
      entry.wrong += 1;
      if (isProlonged || entry.wrong === 1) prolong(entry, at, lasts);
    },
  };
}

export const ROW = countRule('row', true);
export const ADDRESS = countRule('address', false);

/** The growing delay of an account from one network or device, as DelayLimit has it in memory. */
export const DELAY: Rule = {
  name: 'delay',
  lasts: LIMITS.delay.forgivenEvery * 1000,
  isForgivable: true,
  msToWait: (entry, now) =>
    Math.max(0, delayAfter(wrongIn(entry, now)) * 1000 - (now - entry.tried_at.getTime())),
  // Once tries cost a delay, they go one by one.
  hasRoom: (entry, now) =>
    entry.pending.length === 0 || wrongIn(entry, now) + entry.pending.length < LIMITS.delay.free,
  countWrong(entry, at) {
    entry.wrong = wrongIn(entry, at) + 1;
    prolong(entry, at, entry.wrong * DELAY.lasts);
  },
};

/** Lets the time of an entry begin anew. */
export function prolong(entry: ThrottleEntry, at: number, lasts: number): void {
  entry.tried_at = new Date(at);
  entry.expires_at = new Date(at + lasts);
}

/** What is left of the wrong tries of a delay. */
function wrongIn(entry: ThrottleEntry, now: number): number {
  return fadedCount(entry.wrong, Math.max(0, now - entry.tried_at.getTime()));
}

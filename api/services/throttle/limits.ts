/** The figures of the throttle, as docs/throttle.md states them. Times are in seconds. */
export const LIMITS = {
  /** For an account from one network or one known device. */
  delay: {
    free: 5,
    first: 1,
    longest: 900,
    /** One wrong try is forgiven for every such time without one. Not above `longest`, or counts would grow for ever. */
    forgivenEvery: 900,
  },
  /** From one address, whichever the account; the time begins with the first wrong try. */
  address: { wrong: 100, seconds: 900 },
  /** In a row for an account, from anywhere; the time is that of quiet after which the row is forgotten. */
  row: { wrong: 100, seconds: 86_400 },
  /** Networks an account is known on: the last ones, and how long after a login. */
  networks: { most: 10, seconds: 180 * 86_400, renewedAfter: 30 * 86_400 },
  /** Entries kept, on disk and in memory: those that count wrong tries, and accounts with known networks. */
  entries: { counting: 75_000, networks: 25_000 },
  /** Attempts that may wait for the outcome of others, all accounts together. */
  waiting: 64,
  /** Where several servers count in one store. */
  shared: {
    /** After which an attempt counts as wrong of which nobody has told the outcome. */
    attempt: 60,
    /** For which an attempt waits for the outcome of others, at most. */
    patience: 5,
    /** For which a server tries to write what others keep changing. */
    contention: 1.5,
    /** For which one knock at a locked account stands for all. */
    knock: 60,
    /** For which an entry is kept that counts nothing. */
    empty: 60,
    /** By which the clock of another server may be ahead; more is taken for a clock that was set back. */
    ahead: 60,
  },
} as const;

/** Seconds to wait after so many wrong tries: 0 for the first four, then 1, 2, 4 … 512, 900. */
export function delayAfter(wrong: number): number {
  const { free, first, longest } = LIMITS.delay;
  return wrong < free ? 0 : Math.min(longest, first * 2 ** (wrong - free));
}

/** What is left of so many wrong tries when the last one was so many milliseconds ago. */
export function fadedCount(wrong: number, elapsed: number): number {
  const forgiven = Math.floor(elapsed / (LIMITS.delay.forgivenEvery * 1000));
  return Math.max(0, wrong - forgiven);
}

/** Which limit stopped an attempt. */
export type LimitName = 'delay' | 'address' | 'row';

/** The attempt must wait; nothing was checked. The answer is 429 with `Retry-After`. */
export class TooManyAttemptsError extends Error {
  override readonly name = 'TooManyAttemptsError';
  /** Whole seconds, at least 1. */
  readonly retryAfter: number;
  /** For the audit trail, not for the answer. */
  readonly limit: LimitName;

  constructor(limit: LimitName, milliseconds: number) {
    super('too many attempts');
    this.limit = limit;
    this.retryAfter = Math.max(1, Math.ceil(milliseconds / 1000));
  }
}

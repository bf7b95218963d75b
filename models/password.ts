import pLimit, { type LimitFunction } from 'p-limit';
import * as scryptModule from 'scrypt-kdf';
import { isKeyOf, makeKey } from './hashing/hash_threads.js';
import { loopUse } from './hashing/loop_use.js';

// The package's types declare named exports, but at run time there is only a default one.
const Scrypt = (scryptModule as unknown as { default: typeof scryptModule }).default;

/** scrypt's parameters: N is 2 to the power of `logN`. */
export interface ScryptCost {
  readonly logN: number;
  readonly r: number;
  readonly p: number;
}

/** The cost of a new hash when nobody asks for another: one of the sets that OWASP lists. */
export const DEFAULT_COST: ScryptCost = { logN: 15, r: 8, p: 3 };

/** Longest password in bytes of UTF-8: an endless one would keep the server busy (ASVS 6.2.9 asks for 64 characters). */
export const PASSWORD_MAX_BYTES = 1024;

/** The share of its time from which on an event loop has a core for itself. */
const BUSY = 0.5;

/** A stored hash asking for more than this was not made here: verifying it could take the server down. */
const MOST = { memoryBytes: 512 * 1024 * 1024, work: 2 ** 25 };

/** The length of the scrypt file header that a hash is stored as. */
const KEY_BYTES = 96;

/** Too many hashes are waiting. Nothing was computed; try again after `retryAfter` seconds. */
export class HashQueueFullError extends Error {
  override readonly name = 'HashQueueFullError';
  readonly retryAfter: number;

  constructor(retryAfter: number) {
    super('too many password checks at once');
    this.retryAfter = retryAfter;
  }
}

/** No password can be this text; the message says why, in words for whoever typed it. */
export class UnusablePasswordError extends Error {
  override readonly name = 'UnusablePasswordError';
}

export interface PasswordHasherOptions {
  readonly cost: ScryptCost;
  /** Hashes computed at the same time, each by a thread of its own: as many as there are cores. */
  readonly parallel: number;
  /** Hashes that may wait, half of them for one client at most. */
  readonly waiting: number;
  /** How busy the event loop is, 0 to 1; tests give their own. */
  readonly loopUse?: () => number;
  /** What computes; tests give their own. */
  readonly threads?: { readonly makeKey: typeof makeKey; readonly isKeyOf: typeof isKeyOf };
}

/**
 * The only place that knows how passwords are kept: scrypt in the format of the scrypt tool's file header (base64,
 * 128 characters, parameters and salt included). Passwords are compared as typed, in Unicode normal form C.
 *
 * A hash costs a tenth of a second of a core, so a flood of logins would be a flood of work: only a few run at once,
 * a bounded number waits, and one client (`from`, say its address) can hold half of the places at most. While other
 * requests keep the event loop busy, one core is theirs and one hash less runs.
 */
export class PasswordHasher {
  readonly #cost: ScryptCost;
  readonly #limit: LimitFunction;
  readonly #parallel: number;
  readonly #loopUse: () => number;
  readonly #threads: NonNullable<PasswordHasherOptions['threads']>;
  readonly #places: number;
  readonly #placesPerClient: number;
  readonly #held = new Map<string, number>();
  #lastMs = 100;

  constructor(options: PasswordHasherOptions) {
    this.#cost = options.cost;
    this.#limit = pLimit(options.parallel);
    this.#parallel = options.parallel;
    this.#loopUse = options.loopUse ?? loopUse();
    this.#threads = options.threads ?? { makeKey, isKeyOf };
    this.#places = options.parallel + options.waiting;
    this.#placesPerClient = Math.max(1, Math.floor(options.waiting / 2));
  }

  /**
   * The text to store for a password.
   * @throws UnusablePasswordError above 1,024 bytes or with a NUL; HashQueueFullError when too many wait.
   */
  async hash(password: string, from?: string): Promise<string> {
    const problem = problemOf(password);
    if (problem !== null) throw new UnusablePasswordError(problem);
    const key = await this.#compute(from, () => this.#threads.makeKey(password.normalize('NFC'), this.#cost));
    return Buffer.from(key).toString('base64');
  }

  /**
   * True when the password belongs to the stored text. The comparison takes constant time, and without a stored
   * text (an unknown user) or with an unreadable one the same work is done in vain (ASVS 6.3.8).
   * @throws HashQueueFullError when too many wait.
   */
  async verify(password: string, stored: string | null, from?: string): Promise<boolean> {
    if (problemOf(password) !== null) return false;
    const text = password.normalize('NFC');
    if (stored === null || costOf(stored) === null) {
      await this.#compute(from, () => this.#threads.makeKey(text, this.#cost));
      return false;
    }
    return this.#compute(from, () => this.#threads.isKeyOf(text, Buffer.from(stored, 'base64')));
  }

  /** True when the stored text took less work (N times r times p) than a new one would. */
  needsRehash(stored: string): boolean {
    const cost = costOf(stored);
    return cost === null || work(cost) < work(this.#cost);
  }

  async #compute<T>(from: string | undefined, job: () => Promise<T>): Promise<T> {
    const held = from === undefined ? 0 : (this.#held.get(from) ?? 0);
    const running = this.#limit.activeCount + this.#limit.pendingCount;
    if (running >= this.#places || held >= this.#placesPerClient) {
      throw new HashQueueFullError(Math.ceil((running * this.#lastMs) / this.#limit.concurrency / 1000));
    }
    if (from !== undefined) this.#held.set(from, held + 1);
    this.#leaveRoom();
    try {
      return await this.#limit(async () => {
        const start = performance.now();
        const result = await job();
        this.#lastMs = performance.now() - start;
        this.#leaveRoom();
        return result;
      });
    } finally {
      if (from !== undefined) this.#giveBack(from);
    }
  }

  /** What runs goes on; the next hash waits until there is room. */
  #leaveRoom(): void {
    const room = this.#loopUse() < BUSY ? this.#parallel : Math.max(1, this.#parallel - 1);
    if (room !== this.#limit.concurrency) this.#limit.concurrency = room;
  }

  #giveBack(from: string): void {
    const held = (this.#held.get(from) ?? 1) - 1;
    if (held > 0) this.#held.set(from, held);
    else this.#held.delete(from);
  }
}

/** Why a text cannot be a password, or null. */
function problemOf(password: string): string | null {
  if (password.length > PASSWORD_MAX_BYTES || Buffer.byteLength(password) > PASSWORD_MAX_BYTES) {
    return `password longer than ${PASSWORD_MAX_BYTES} bytes`;
  }
  // scrypt's HMAC fills short keys up with NULs, so that "pw" and "pw" with a NUL behind it would be the same.
  return password.includes('\0') ? 'password must not contain a NUL character' : null;
}

/** Bytes that a hash takes while it is computed (RFC 7914, 2). */
export function memoryBytes({ logN, r }: ScryptCost): number {
  return 128 * 2 ** logN * r;
}

function work(cost: ScryptCost): number {
  return 2 ** cost.logN * cost.r * cost.p;
}

/** The parameters a stored text was made with; null when it is no such text, or demands absurd ones. */
function costOf(stored: string): ScryptCost | null {
  const key = Buffer.from(stored, 'base64');
  if (key.length !== KEY_BYTES) return null;
  const { logN, r, p } = Scrypt.viewParams(key);
  const cost = { logN, r, p };
  const isSane =
    logN > 0 && r > 0 && p > 0 && memoryBytes(cost) <= MOST.memoryBytes && work(cost) <= MOST.work;
  return isSane ? cost : null;
}

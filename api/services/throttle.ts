import { ThrottleEntry, throttleKey } from '../../models/throttle_entry.js';
import { emailKey } from '../../models/user.js';
import type { Subkey } from './keys.js';
import { hostOf, networkOf } from './network.js';
import type { Attempt, AttemptKeys, Counts } from './throttle/counts.js';
import type { Capacity } from './throttle/entries.js';
import { TooManyAttemptsError } from './throttle/limits.js';
import { LocalCounts } from './throttle/local_counts.js';
import { SharedCounts } from './throttle/shared/shared_counts.js';

export { TooManyAttemptsError, type Attempt };

/** Who tries a password. */
export interface Attempting {
  /** As typed, whether somebody has it or not. */
  readonly email: string;
  /** The client's; anything that is no address counts as one and the same. */
  readonly address: string;
  /** The id of a device that is known for this very account (its cookie was verified); null for any other. */
  readonly device?: string | null;
}

/**
 * Slows down whoever guesses passwords without locking their owner out (ASVS 6.3.1, NIST SP 800-63B-4 §3.2.2). The
 * limits are in docs/throttle.md. An attempt counts as wrong from the moment it is let through until its outcome is
 * known, so a hundred guesses at once get no further than a hundred in a row, on however many servers that share a
 * store.
 */
export class Throttle {
  readonly #local: Counts;
  readonly #shared: Counts = new SharedCounts();
  readonly #key: Subkey | null;

  /**
   * @param options.key the subkey `throttle`, which the keys of entries are made with: people type passwords as email,
   * and whoever has the file must not be able to try guesses on it. Without one they are plain digests.
   * @param options.capacity how many entries to keep; the default is for servers, others for tests.
   */
  constructor({ key = null, capacity }: { readonly key?: Subkey | null; readonly capacity?: Capacity } = {}) {
    this.#key = key;
    this.#local = new LocalCounts(capacity);
  }

  /**
   * Runs a check of a password unless the attempt must wait, and learns from its outcome.
   * @param check resolves to null when the password is wrong; a throw means that it was not checked.
   * @throws TooManyAttemptsError, StorageUnavailableError, and what `check` throws.
   */
  async guard<T>(who: Attempting, check: () => Promise<T | null>): Promise<T | null> {
    const attempt = await this.check(who);
    try {
      const result = await check();
      await (result === null ? attempt.failed() : attempt.succeeded());
      return result;
    } finally {
      await attempt.cancelled();
    }
  }

  /**
   * Lets an attempt through, which must be told what came of it. While the outcome of others decides whether it may
   * go on, it waits for them. Costs no hash.
   * @throws TooManyAttemptsError when the attempt must wait; StorageUnavailableError.
   */
  async check(who: Attempting): Promise<Attempt> {
    return this.#counts.enter(this.#keysOf(who));
  }

  /** Forgets the row and the delays of an account, for an operator or a reset link; resolves once that is durable. */
  async unlock(email: string): Promise<void> {
    await this.#counts.unlock(this.#accountOf(email));
  }

  /** Forgets an account and the networks it was known on: it was removed, or its password was in wrong hands. */
  async forget(email: string): Promise<void> {
    await this.unlock(email);
    await this.#counts.forgetNetworks(this.#accountOf(email));
  }

  /**
   * Removes what has run out, in slices. Nothing but memory and file size depends on it.
   * @returns how many entries were removed; 0 where a shared store removes them by itself.
   * @throws StorageUnavailableError.
   */
  async sweep(): Promise<number> {
    return this.#counts.sweep();
  }

  get #counts(): Counts {
    return ThrottleEntry.isShared() ? this.#shared : this.#local;
  }

  #keysOf({ email, address, device = null }: Attempting): AttemptKeys {
    const account = this.#accountOf(email);
    const network = networkOf(address);
    const from = device !== null ? ['device', device] : ['network', network];
    return {
      account,
      network,
      address: this.#secretKey('address', hostOf(address)),
      delay: throttleKey('delay', account, ...from),
      isKnownDevice: device !== null,
    };
  }

  /** What stands for an account; the keys of all that is about it are made from this. */
  #accountOf(email: string): string {
    return this.#secretKey('account', emailKey(email));
  }

  #secretKey(kind: string, about: string): string {
    const digest = throttleKey(kind, about);
    return this.#key === null ? digest : this.#key.sign(digest).toString('base64url');
  }
}

import { throttleKey } from '../../models/throttle_entry.js';
import { emailKey } from '../../models/user.js';
import type { Subkey } from './keys.js';
import { hostOf, networkOf } from './network.js';
import { Attempt } from './throttle/attempt.js';
import { Claims, type Claim } from './throttle/claims.js';
import { CountLimit } from './throttle/count_limit.js';
import { DelayLimit } from './throttle/delay_limit.js';
import { ThrottleEntries, type Capacity } from './throttle/entries.js';
import { KnownNetworks } from './throttle/known_networks.js';
import { LIMITS, TooManyAttemptsError } from './throttle/limits.js';
import type { Slot } from './throttle/slot.js';

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
 * known, so a hundred guesses at once get no further than a hundred in a row.
 */
export class Throttle {
  readonly #entries: ThrottleEntries;
  readonly #networks: KnownNetworks;
  readonly #row: CountLimit;
  readonly #address: CountLimit;
  readonly #key: Subkey | null;
  #waiting = 0;

  /**
   * @param options.key the subkey `throttle`, which the keys of entries are made with: people type passwords as email,
   * and whoever has the file must not be able to try guesses on it. Without one they are plain digests.
   * @param options.capacity how many entries to keep; the default is for servers, others for tests.
   */
  constructor({ key = null, capacity }: { readonly key?: Subkey | null; readonly capacity?: Capacity } = {}) {
    this.#key = key;
    this.#entries = new ThrottleEntries(capacity);
    this.#networks = new KnownNetworks(this.#entries);
    this.#row = new CountLimit(this.#entries, { kind: 'row', ...LIMITS.row, isProlonged: true });
    this.#address = new CountLimit(this.#entries, { kind: 'address', ...LIMITS.address, isProlonged: false });
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
      attempt.cancelled();
    }
  }

  /**
   * Lets an attempt through, which must be told what came of it. While the outcome of others decides whether it may
   * go on, it waits for them. Costs no hash.
   * @throws TooManyAttemptsError when the attempt must wait; StorageUnavailableError.
   */
  async check(who: Attempting): Promise<Attempt> {
    await this.#entries.load();
    const claims = new Claims(this.#entries, this.#claimsOf(who));
    for (let refusal = await claims.enter(); refusal; refusal = await claims.enter())
      await this.#waitFor(refusal);
    return new Attempt(claims, () => this.#networks.add(this.#accountOf(who.email), networkOf(who.address)));
  }

  /** Forgets the row and the delays of an account, for an operator or a reset link; resolves once that is durable. */
  async unlock(email: string): Promise<void> {
    await this.#entries.load();
    const account = this.#accountOf(email);
    const row = this.#entries.peek({ id: account, kind: 'row' });
    await this.#forget([...(row ? [row] : []), ...this.#entries.delaysOf(account)]);
  }

  /** Forgets an account and the networks it was known on: it was removed, or its password was in wrong hands. */
  async forget(email: string): Promise<void> {
    await this.unlock(email);
    const networks = this.#networks.slotOf(this.#accountOf(email));
    if (networks) await this.#forget([networks]);
  }

  /**
   * Removes what has run out, in slices. Nothing but memory and file size depends on it.
   * @returns how many entries were removed.
   * @throws StorageUnavailableError.
   */
  async sweep(): Promise<number> {
    return this.#entries.sweep();
  }

  #claimsOf({ email, address, device = null }: Attempting): Claim[] {
    const account = this.#accountOf(email);
    const network = networkOf(address);
    const isKnown = device !== null;
    const from = isKnown ? ['device', device] : ['network', network];
    const mayTryAlways = isKnown || this.#networks.has(account, network);
    const delay = new DelayLimit(this.#entries, account);
    const delayKey = throttleKey('delay', account, ...from);
    const addressKey = this.#secretKey('address', hostOf(address));
    return [
      { limit: this.#row, key: account, isExempt: mayTryAlways, isForgivable: true },
      { limit: this.#address, key: addressKey, isExempt: isKnown, isForgivable: false },
      { limit: delay, key: delayKey, isExempt: false, isForgivable: true },
    ];
  }

  /** What stands for an account; the keys of all that is about it are made from this. */
  #accountOf(email: string): string {
    return this.#secretKey('account', emailKey(email));
  }

  #secretKey(kind: string, about: string): string {
    const digest = throttleKey(kind, about);
    return this.#key === null ? digest : this.#key.sign(digest).toString('base64url');
  }

  async #waitFor({ limit, key }: Claim): Promise<void> {
    const slot = limit.slot(key);
    const wait = limit.msToWait(slot);
    if (wait > 0) throw new TooManyAttemptsError(limit.name, wait);
    if (slot.pending === 0) return;
    if (this.#waiting >= LIMITS.waiting) throw new TooManyAttemptsError(limit.name, 1000);
    this.#waiting += 1;
    await slot.released();
    this.#waiting -= 1;
  }

  async #forget(slots: readonly Slot[]): Promise<void> {
    for (const slot of slots) slot.clear();
    await this.#entries.save(slots);
  }
}

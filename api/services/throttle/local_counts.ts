import { Claims, type Claim } from './claims.js';
import { CountLimit } from './count_limit.js';
import type { Attempt, AttemptKeys, Counts } from './counts.js';
import { DelayLimit } from './delay_limit.js';
import { ThrottleEntries, type Capacity } from './entries.js';
import { KnownNetworks } from './known_networks.js';
import { LIMITS, TooManyAttemptsError } from './limits.js';
import { LocalAttempt } from './local_attempt.js';
import type { Slot } from './slot.js';

/** Counts in memory, for a storage that this process has for itself: see {@link ThrottleEntries}. */
export class LocalCounts implements Counts {
  readonly #entries: ThrottleEntries;
  readonly #networks: KnownNetworks;
  readonly #row: CountLimit;
  readonly #address: CountLimit;
  #waiting = 0;

  constructor(capacity?: Capacity) {
    this.#entries = new ThrottleEntries(capacity);
    this.#networks = new KnownNetworks(this.#entries);
    this.#row = new CountLimit(this.#entries, { kind: 'row', ...LIMITS.row, isProlonged: true });
    this.#address = new CountLimit(this.#entries, { kind: 'address', ...LIMITS.address, isProlonged: false });
  }

  async enter(keys: AttemptKeys): Promise<Attempt> {
    await this.#entries.load();
    const claims = new Claims(this.#entries, this.#claimsOf(keys));
    for (let refusal = await claims.enter(); refusal; refusal = await claims.enter())
      await this.#waitFor(refusal);
    return new LocalAttempt(claims, () => this.#networks.add(keys.account, keys.network));
  }

  async unlock(account: string): Promise<void> {
    await this.#entries.load();
    const row = this.#entries.peek({ id: account, kind: 'row' });
    await this.#forget([...(row ? [row] : []), ...this.#entries.delaysOf(account)]);
  }

  async forgetNetworks(account: string): Promise<void> {
    await this.#entries.load();
    const networks = this.#networks.slotOf(account);
    if (networks) await this.#forget([networks]);
  }

  async sweep(): Promise<number> {
    return this.#entries.sweep();
  }

  #claimsOf({ account, network, address, delay, isKnownDevice }: AttemptKeys): Claim[] {
    const mayTryAlways = isKnownDevice || this.#networks.has(account, network);
    return [
      { limit: this.#row, key: account, isExempt: mayTryAlways, isForgivable: true },
      { limit: this.#address, key: address, isExempt: isKnownDevice, isForgivable: false },
      {
        limit: new DelayLimit(this.#entries, account),
        key: delay,
        isExempt: false,
        isForgivable: true,
      },
    ];
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

import { setTimeout as sleep } from 'node:timers/promises';
import { currentTime } from '../../../../models/base.js';
import type { ThrottleEntry } from '../../../../models/throttle_entry.js';
import type { Attempt, AttemptKeys, Counts } from '../counts.js';
import type { SlotKey } from '../entries.js';
import { isKnownIn, networksKey, noteIn } from '../known_networks.js';
import { LIMITS, TooManyAttemptsError } from '../limits.js';
import { charge, isKnock, knock, refusalOf, settle, type Claim, type Refusal } from './charges.js';
import { newMark } from './marks.js';
import { ADDRESS, DELAY, ROW } from './rules.js';
import { SharedAttempt } from './shared_attempt.js';
import { SharedEntries } from './shared_entries.js';

/** A limit that an attempt meets, and the entry that it counts in. */
type Look = readonly [claim: Claim, entry: ThrottleEntry];

/** Milliseconds between two looks at whether others have told their outcome, at most. */
const LOOK_EVERY = 50;

/**
 * Counts in a store that other processes count in as well. An attempt is charged there, with each limit that it meets,
 * before the password is checked: of all that are under way on all servers, no more are let through than may turn out
 * wrong.
 */
export class SharedCounts implements Counts {
  readonly #entries = new SharedEntries();
  #waiting = 0;

  async enter(keys: AttemptKeys): Promise<Attempt> {
    const end = performance.now() + LIMITS.shared.patience * 1000;
    for (;;) {
      const mark = newMark();
      const looks = await this.#look(keys);
      const claims = looks.map(([claim]) => claim);
      const refusal = (await this.#refusalIn(looks)) ?? (await this.#charge(claims, mark));
      if (!refusal) return new SharedAttempt(this.#entries, claims, mark, () => this.#remember(keys));
      if (refusal.wait > 0) throw new TooManyAttemptsError(refusal.limit, refusal.wait);
      await this.#waitFor(refusal, end);
    }
  }

  /** Counts unlocks, instead of looking for the delays: those from before are void from now on. */
  async unlock(account: string): Promise<void> {
    await this.#entries.change(rowKey(account), (row) => {
      row.clear();
      row.unlocks += 1;
      // It outlives all delays of the account, which last some hours.
      row.expires_at = new Date(currentTime() + ROW.lasts);
    });
  }

  async forgetNetworks(account: string): Promise<void> {
    await this.#entries.change(networksKey(account), (entry) => {
      entry.clear();
      entry.expires_at = new Date(currentTime());
    });
  }

  async sweep(): Promise<number> {
    return 0;
  }

  /** What an attempt meets, as it is now: all of it is looked up in one go. */
  async #look({ account, network, address, delay, isKnownDevice }: AttemptKeys): Promise<Look[]> {
    const [rowAt, addressAt] = [rowKey(account), { id: address, kind: 'address' }] as const;
    const delayAt = { id: delay, kind: 'delay', account } as const;
    const [row, addressEntry, delayEntry, networks] = await Promise.all([
      this.#entries.read(rowAt),
      this.#entries.read(addressAt),
      this.#entries.read(delayAt),
      this.#entries.read(networksKey(account)),
    ]);
    const { unlocks } = row;
    const mayTryAlways = isKnownDevice || isKnownIn(networks, account, network);
    return [
      [{ rule: ROW, key: rowAt, isExempt: mayTryAlways, unlocks }, row],
      [{ rule: ADDRESS, key: addressAt, isExempt: isKnownDevice, unlocks }, addressEntry],
      [{ rule: DELAY, key: delayAt, isExempt: false, unlocks }, delayEntry],
    ];
  }

  /** The first limit that refuses. That costs no write, as a rule. */
  async #refusalIn(looks: readonly Look[]): Promise<Refusal | null> {
    for (const [claim, entry] of looks) {
      const refusal = refusalOf(claim, entry);
      if (!refusal) continue;
      if (!isKnock(claim, entry)) return refusal;
      await knock(this.#entries, claim);
      return { ...refusal, wait: claim.rule.lasts };
    }
    return null;
  }

  /** Charges an attempt to all limits or to none: the first that refuses after all, or null. */
  async #charge(claims: readonly Claim[], mark: string): Promise<Refusal | null> {
    const refusals = await Promise.all(claims.map((claim) => charge(this.#entries, claim, mark)));
    const refusal = refusals.find((one) => one !== null) ?? null;
    const charged = claims.filter((_, index) => refusals[index] === null);
    if (refusal) await Promise.all(charged.map((claim) => settle(this.#entries, claim, mark, 'none')));
    return refusal;
  }

  /** Waits for a moment until others, on whatever server, may have told their outcome. */
  async #waitFor({ limit }: Refusal, end: number): Promise<void> {
    if (this.#waiting >= LIMITS.waiting || performance.now() > end)
      throw new TooManyAttemptsError(limit, 1000);
    this.#waiting += 1;
    await sleep(LOOK_EVERY * (0.5 + Math.random() / 2));
    this.#waiting -= 1;
  }

  async #remember({ account, network }: AttemptKeys): Promise<void> {
    await this.#entries.change(networksKey(account), (entry) => noteIn(entry, account, network));
  }
}

/** The row of an account has the account's own key. */
function rowKey(account: string): SlotKey {
  return { id: account, kind: 'row' };
}

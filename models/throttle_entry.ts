import { hash } from 'node:crypto';
import { nanoid } from 'nanoid';
import { Base, storedTime, toDate, type BaseAttributes } from './base.js';
import type { Changes, StoredRecord } from './engine/storage_engine.js';

/**
 * What an entry counts: wrong tries for an account from one network or device (`delay`), from one address
 * (`address`), in a row for an account (`row`); or it counts none and keeps an account's `networks`.
 */
export type ThrottleKind = 'delay' | 'address' | 'row' | 'networks';

export interface ThrottleEntryAttributes extends BaseAttributes {
  readonly kind?: ThrottleKind;
  readonly account?: string | null;
  readonly wrong?: number;
  readonly tried_at?: Date | string;
  readonly expires_at?: Date | string;
  readonly networks?: readonly string[];
  readonly pending?: readonly string[];
  readonly unlocks?: number;
  readonly revision?: string | null;
}

/**
 * The key of an entry: SHA-256 of its kind and of what it is about, in base64url. Neither emails nor addresses are
 * kept: what people type as an email may be a password.
 */
export function throttleKey(kind: string, ...about: readonly string[]): string {
  return hash('sha256', JSON.stringify([kind, ...about]), 'base64url');
}

/**
 * What the throttle of password checks must know after a restart. Its id is its key, so that it is found by its one
 * unique index and no two entries can be about the same thing. When it counts, the throttle says.
 */
export class ThrottleEntry extends Base {
  readonly kind: ThrottleKind;
  /** The key of the account a `delay` is for, so that unlocking finds it; else null. */
  readonly account: string | null;
  /** Wrong tries; never negative. */
  wrong: number;
  /** When it last began to count time: as a rule, the last wrong try. */
  tried_at: Date;
  /** From then on the entry says nothing any more. */
  expires_at: Date;
  /** Keys of networks from which a login succeeded, the last one first. Replace the list, do not change it. */
  networks: readonly string[];
  /** Marks of attempts under way that are counted in a shared store. Replace the list, do not change it. */
  pending: readonly string[];
  /**
   * How often the account was unlocked, as far as it matters: delays counted under a lower number are forgotten. Of a
   * `row` its own, of a `delay` that under which it counted.
   */
  unlocks: number;
  #revision: string | null;

  constructor(attributes: ThrottleEntryAttributes = {}) {
    super(attributes);
    this.kind = attributes.kind ?? 'delay';
    this.account = attributes.account ?? null;
    this.wrong = attributes.wrong !== undefined && attributes.wrong > 0 ? attributes.wrong : 0;
    this.tried_at = toDate(attributes.tried_at ?? this.created_at);
    this.expires_at = toDate(attributes.expires_at ?? this.created_at);
    this.networks = Array.isArray(attributes.networks) ? attributes.networks : [];
    this.pending = Array.isArray(attributes.pending) ? attributes.pending : [];
    this.unlocks = attributes.unlocks ?? 0;
    this.#revision = attributes.revision ?? null;
  }

  /** When a stored entry says nothing any more, in milliseconds since 1970. */
  static endOf(record: StoredRecord): number {
    return storedTime(record['expires_at']);
  }

  /** True when it says nothing at this time (milliseconds since 1970). */
  isOverAt(time: number): boolean {
    return this.isEmpty || this.expires_at.getTime() <= time;
  }

  get isEmpty(): boolean {
    return this.wrong === 0 && this.networks.length === 0;
  }

  clear(): void {
    this.wrong = 0;
    this.networks = [];
  }

  /** When the clock was set back since, takes the present time for the last try's: a wait must come to its end. */
  setBackTo(time: number): void {
    const ahead = this.tried_at.getTime() - time;
    if (ahead <= 0) return;
    this.tried_at = new Date(time);
    this.expires_at = new Date(this.expires_at.getTime() - ahead);
  }

  /**
   * Stores the entry in a store that other processes use as well.
   * @returns false when somebody has changed, removed or made it since this object was loaded or made: nothing is
   * stored then.
   * @throws StorageUnavailableError.
   */
  async saveIfCurrent(): Promise<boolean> {
    // Never the same again, also when the entry is removed and made anew meanwhile.
    this.#revision = nanoid();
    return this.saveUnlessChanged('revision');
  }

  protected override ownAttributes(): Changes {
    return {
      kind: this.kind,
      account: this.account,
      wrong: this.wrong,
      tried_at: this.tried_at.toISOString(),
      expires_at: this.expires_at.toISOString(),
      networks: this.networks,
      // What a shared store needs is in none of a process's own files.
      ...(this.#revision === null
        ? {}
        : { pending: this.pending, unlocks: this.unlocks, revision: this.#revision }),
    };
  }

  protected override publicAttributes(): Changes {
    return { kind: this.kind };
  }
}

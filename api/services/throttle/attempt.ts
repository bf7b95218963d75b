import { StorageUnavailableError } from '../../../models/engine/storage_engine.js';
import type { Claims } from './claims.js';
import type { Slot } from './slot.js';

/**
 * An attempt that was let through. It counts as wrong until it is told what came of it, which must happen: others
 * may be waiting. Only the first call counts.
 */
export class Attempt {
  readonly #claims: Claims;
  readonly #rememberNetwork: () => Slot;
  #isOpen = true;

  constructor(claims: Claims, rememberNetwork: () => Slot) {
    this.#claims = claims;
    this.#rememberNetwork = rememberNetwork;
  }

  /**
   * The password was wrong, or nobody has the email. Resolves once that is durable.
   * @throws StorageUnavailableError when it cannot be written; it counts nevertheless.
   */
  async failed(): Promise<void> {
    if (!this.#isOpen) return;
    const changed = this.#claims.countWrong();
    this.cancelled();
    await this.#claims.save(changed);
  }

  /**
   * The password was right: forgets the delay and the row, and remembers the network. Writes only what changed,
   * which as a rule is nothing. A full disk is no reason to refuse a right password: the next sweep writes it.
   */
  async succeeded(): Promise<void> {
    if (!this.#isOpen) return;
    const changed = [...this.#claims.forgive(), this.#rememberNetwork()];
    this.cancelled();
    try {
      await this.#claims.save(changed);
    } catch (error) {
      if (!(error instanceof StorageUnavailableError)) throw error;
    }
  }

  /** No password was checked, for instance because too many checks wait: the attempt never was. */
  cancelled(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#claims.release();
  }
}

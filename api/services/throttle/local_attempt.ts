import { StorageUnavailableError } from '../../../models/engine/storage_engine.js';
import type { Claims } from './claims.js';
import type { Attempt } from './counts.js';
import type { Slot } from './slot.js';

/** An attempt that is counted in memory until its outcome is known. */
export class LocalAttempt implements Attempt {
  readonly #claims: Claims;
  readonly #rememberNetwork: () => Slot;
  #isOpen = true;

  constructor(claims: Claims, rememberNetwork: () => Slot) {
    this.#claims = claims;
    this.#rememberNetwork = rememberNetwork;
  }

  async failed(): Promise<void> {
    if (!this.#isOpen) return;
    const changed = this.#claims.countWrong();
    this.#release();
    await this.#claims.save(changed);
  }

  /** Writes only what changed, which as a rule is nothing; what a full disk does not take, the next sweep writes. */
  async succeeded(): Promise<void> {
    if (!this.#isOpen) return;
    const changed = [...this.#claims.forgive(), this.#rememberNetwork()];
    this.#release();
    try {
      await this.#claims.save(changed);
    } catch (error) {
      if (!(error instanceof StorageUnavailableError)) throw error;
    }
  }

  async cancelled(): Promise<void> {
    this.#release();
  }

  #release(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#claims.release();
  }
}

import { StorageUnavailableError } from '../../../../models/engine/storage_engine.js';
import type { Attempt } from '../counts.js';
import { settle, type Claim } from './charges.js';
import type { SharedEntries } from './shared_entries.js';

/** An attempt that is counted in a shared store until its outcome is known, or for so long that it counts as wrong. */
export class SharedAttempt implements Attempt {
  readonly #entries: SharedEntries;
  readonly #claims: readonly Claim[];
  readonly #mark: string;
  readonly #rememberNetwork: () => Promise<void>;
  #isOpen = true;

  constructor(
    entries: SharedEntries,
    claims: readonly Claim[],
    mark: string,
    rememberNetwork: () => Promise<void>,
  ) {
    this.#entries = entries;
    this.#claims = claims;
    this.#mark = mark;
    this.#rememberNetwork = rememberNetwork;
  }

  async failed(): Promise<void> {
    if (this.#close()) await this.#settle('wrong');
  }

  async succeeded(): Promise<void> {
    if (!this.#close()) return;
    await unlessAway(Promise.all([this.#settle('right'), this.#rememberNetwork()]));
  }

  async cancelled(): Promise<void> {
    if (this.#close()) await unlessAway(this.#settle('none'));
  }

  /** True for the first call. */
  #close(): boolean {
    const wasOpen = this.#isOpen;
    this.#isOpen = false;
    return wasOpen;
  }

  async #settle(outcome: 'wrong' | 'right' | 'none'): Promise<void> {
    await Promise.all(this.#claims.map((claim) => settle(this.#entries, claim, this.#mark, outcome)));
  }
}

/** A store that is away now counts the attempt as wrong in a while: no reason to refuse a right password. */
async function unlessAway(done: Promise<unknown>): Promise<void> {
  try {
    await done;
  } catch (error) {
    if (!(error instanceof StorageUnavailableError)) throw error;
  }
}

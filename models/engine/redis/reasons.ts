import { StorageUnavailableError } from '../storage_engine.js';
import { secretsOf, type RedisAddress } from './redis_url.js';

/** What the client says of a connection that is not there, which names no cause. */
const LOST =
  /^(?:Connection is closed|Stream isn't writeable|Cluster isn't ready|Reached the max retries|None of startup)/;

/**
 * Says why Redis could not be asked, without anything that must not be shown: some servers repeat a command's
 * arguments in their answer, and the client's errors carry them along.
 */
export class Reasons {
  readonly #secrets: readonly string[];
  #last = '';

  constructor(address: RedisAddress) {
    this.#secrets = secretsOf(address);
  }

  /** Takes note of an error of a connection: the cause of what fails next. */
  note(error: unknown): string {
    const text = this.#textOf(error);
    if (!LOST.test(text)) this.#last = text;
    return this.#last || text;
  }

  forget(): void {
    this.#last = '';
  }

  unavailable(error: unknown): StorageUnavailableError {
    const text = this.#textOf(error);
    return new StorageUnavailableError(LOST.test(text) ? this.#last || 'Redis is not connected' : text);
  }

  #textOf(error: unknown): string {
    // Node's error of several addresses that all failed has a code only.
    const { message = String(error), code } = error as { message?: string; code?: string };
    return this.#secrets.reduce(
      (text, secret) => text.replaceAll(secret, '***'),
      message || (code ?? 'unknown'),
    );
  }
}

import { turns } from './until.js';

/** Threads for a PasswordHasher whose work is finished by a test, oldest first. */
export class PausedThreads {
  readonly #finish: (() => void)[] = [];

  readonly makeKey = (): Promise<Uint8Array> =>
    new Promise((resolve) => this.#finish.push(() => resolve(new Uint8Array(96))));

  /** No password is right. */
  readonly isKeyOf = (): Promise<boolean> =>
    new Promise((resolve) => this.#finish.push(() => resolve(false)));

  /** How many are at work once everything has had its turn. */
  async atWork(): Promise<number> {
    await turns(1);
    return this.#finish.length;
  }

  finishOne(): void {
    this.#finish.shift()?.();
  }
}

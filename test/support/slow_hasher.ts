import { PasswordHasher } from '../../models/password.js';
import { User } from '../../models/user.js';

/** Keeps one answer back until the test asks for it; all others come at once. */
export class SlowHasher extends PasswordHasher {
  readonly #slow: 'verify' | 'hash';
  #held: (() => void) | null = null;
  #isHeld!: () => void;
  readonly held = new Promise<void>((resolve) => (this.#isHeld = resolve));

  constructor(slow: 'verify' | 'hash') {
    super({ cost: { logN: 4, r: 8, p: 1 }, parallel: 2, waiting: 64 });
    this.#slow = slow;
    User.useHasher(this);
  }

  goOn(): void {
    this.#held?.();
  }

  override async verify(password: string, stored: string | null, from?: string): Promise<boolean> {
    const answer = await super.verify(password, stored, from);
    if (this.#slow === 'verify') await this.#hold();
    return answer;
  }

  override async hash(password: string, from?: string): Promise<string> {
    const answer = await super.hash(password, from);
    if (this.#slow === 'hash') await this.#hold();
    return answer;
  }

  async #hold(): Promise<void> {
    if (this.#held) return;
    const goOn = new Promise<void>((resolve) => (this.#held = resolve));
    this.#isHeld();
    await goOn;
  }
}

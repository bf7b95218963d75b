import { PasswordHasher } from '../../models/password.js';
import { User } from '../../models/user.js';

/** Counts what it is asked to do; answering by itself makes it as fast as ten thousand of them need. */
export class CountingHasher extends PasswordHasher {
  /** Passwords that were compared with a stored hash, or in vain. */
  checks = 0;
  /** Passwords that were given a hash to store. */
  made = 0;
  believes: ((password: string) => boolean) | null = null;

  get hashes(): number {
    return this.checks + this.made;
  }

  override async verify(password: string, stored: string | null, from?: string): Promise<boolean> {
    this.checks += 1;
    return this.believes?.(password) ?? super.verify(password, stored, from);
  }

  override async hash(password: string, from?: string): Promise<string> {
    this.made += 1;
    return super.hash(password, from);
  }
}

/** Makes users hash with a new one. */
export function countHashes(logN = 4): CountingHasher {
  const hasher = new CountingHasher({ cost: { logN, r: 8, p: 1 }, parallel: 1, waiting: 64 });
  User.useHasher(hasher);
  return hasher;
}

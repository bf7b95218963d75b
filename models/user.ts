import { Base, type BaseAttributes } from './base.js';
import type { Changes, Index } from './engine/storage_engine.js';
import { DEFAULT_COST, PasswordHasher } from './password.js';
import { UserSession } from './user_session.js';

/** `admin` may change and remove other users. */
export type Role = 'user' | 'admin';

export interface UserAttributes extends BaseAttributes {
  readonly email?: string | null;
  readonly first_name?: string | null;
  readonly last_name?: string | null;
  readonly role?: Role;
  readonly _password?: string | null;
}

/** How emails are compared: in Unicode normal form C and lower case. They are stored as typed. */
export function emailKey(email: string): string {
  return email.normalize('NFC').toLowerCase();
}

export class User extends Base {
  static override readonly indexes: readonly Index[] = [{ attribute: 'email', unique: true, key: emailKey }];
  static #hasher = new PasswordHasher({ cost: DEFAULT_COST, parallel: 1, waiting: 64 });

  email: string | null;
  first_name: string | null;
  last_name: string | null;
  role: Role;
  #password: string | null;

  constructor(attributes: UserAttributes = {}) {
    super(attributes);
    this.email = attributes.email ?? null;
    this.first_name = attributes.first_name ?? null;
    this.last_name = attributes.last_name ?? null;
    this.role = attributes.role === 'admin' ? 'admin' : 'user';
    this.#password = attributes._password ?? null;
  }

  /** Replaces what hashes passwords: a server has more cores for it, a test wants it cheap. */
  static useHasher(hasher: PasswordHasher): void {
    User.#hasher = hasher;
  }

  /** The user with this email, whatever its case, or null. */
  static async findByEmail(email: string): Promise<User | null> {
    const [user] = await User.search({ email });
    return user ?? null;
  }

  /**
   * Spends the time a wrong password costs, for an email nobody has: the answer's time must not tell (ASVS 6.3.8).
   * @throws HashQueueFullError when too many hashes wait.
   */
  static async spendPasswordCheck(password: string, from?: string): Promise<void> {
    await User.#hasher.verify(password, null, from);
  }

  get isAdmin(): boolean {
    return this.role === 'admin';
  }

  /**
   * Sets the password's hash, or none for anything that is not text; `save` stores it.
   * @param from the client on whose behalf, for a fair share of the queue.
   * @throws PasswordTooLongError, HashQueueFullError.
   */
  async setPassword(password: unknown, from?: string): Promise<void> {
    this.#password = typeof password === 'string' ? await User.#hasher.hash(password, from) : null;
  }

  /** True when this is the user's password; false for anything not text and for a user without one. */
  async isValidPassword(password: unknown, from?: string): Promise<boolean> {
    return typeof password === 'string' && User.#hasher.verify(password, this.#password, from);
  }

  /**
   * Stores a stronger hash of a password that was just found to be right, when the stored one took less work than
   * today's. A password changed in the meantime is left alone.
   */
  async strengthenPassword(password: string, from?: string): Promise<void> {
    const weak = this.#password;
    if (weak === null || !User.#hasher.needsRehash(weak)) return;
    const strong = await User.#hasher.hash(password, from);
    if (await Base.change(User, this.id, { _password: strong }, { _password: weak })) this.#password = strong;
  }

  /** True while the password is still the one it was for `other`, an earlier copy of the same user. */
  hasSamePasswordAs(other: User): boolean {
    return this.id === other.id && this.#password === other.#password;
  }

  /** "First Last", or the one name there is, or the email, or nothing. */
  displayName(): string {
    const names = [this.first_name, this.last_name].filter((name) => name !== null);
    return names.length > 0 ? names.join(' ') : (this.email ?? '');
  }

  /** Ends the user's sessions and then removes the user, so that a failure in between leaves no orphaned session. */
  override async remove(): Promise<boolean> {
    await UserSession.removeAllOf(this.id);
    const removed = await super.remove();
    // A login may have slipped in between.
    await UserSession.removeAllOf(this.id);
    return removed;
  }

  protected override ownAttributes(): Changes {
    return { ...this.publicAttributes(), role: this.role, _password: this.#password };
  }

  protected override publicAttributes(): Changes {
    return { email: this.email, first_name: this.first_name, last_name: this.last_name };
  }
}

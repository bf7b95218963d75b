import { nanoid } from 'nanoid';
import { Base, currentTime, toDate, type BaseAttributes } from './base.js';
import type { Changes, Index } from './engine/storage_engine.js';
import { DEFAULT_COST, PasswordHasher } from './password.js';
import { digestOf, UserSession } from './user_session.js';

/** How long a reset token may be used, in milliseconds. */
export const RESET_LIFETIME = 3_600_000;
const RESET_TOKEN_LENGTH = 32;
/** A reset that is over. */
const NO_RESET = { reset_digest: null, reset_expires_at: null };

/** `admin` may change and remove other users. */
export type Role = 'user' | 'admin';

export interface UserAttributes extends BaseAttributes {
  readonly email?: string | null;
  readonly first_name?: string | null;
  readonly last_name?: string | null;
  readonly role?: Role;
  readonly disabled?: boolean;
  readonly _password?: string | null;
  readonly password_changed_at?: string | null;
  readonly sessions_valid_from?: string | null;
}

/** How emails are compared: in Unicode normal form C and lower case. They are stored as typed. */
export function emailKey(email: string): string {
  return email.normalize('NFC').toLowerCase();
}

export class User extends Base {
  static override readonly indexes: readonly Index[] = [
    { attribute: 'email', unique: true, key: emailKey },
    { attribute: 'reset_digest', unique: true },
  ];
  static #hasher = new PasswordHasher({ cost: DEFAULT_COST, parallel: 1, waiting: 64 });

  email: string | null;
  first_name: string | null;
  last_name: string | null;
  role: Role;
  /** True locks the account: no scheme lets it in, and no password of it is right. */
  disabled: boolean;
  #password: string | null;
  #passwordChangedAt: string | null;
  #sessionsValidFrom: string | null;

  constructor(attributes: UserAttributes = {}) {
    super(attributes);
    this.email = attributes.email ?? null;
    this.first_name = attributes.first_name ?? null;
    this.last_name = attributes.last_name ?? null;
    this.role = attributes.role === 'admin' ? 'admin' : 'user';
    this.disabled = attributes.disabled === true;
    this.#password = attributes._password ?? null;
    this.#passwordChangedAt = attributes.password_changed_at ?? null;
    this.#sessionsValidFrom = attributes.sessions_valid_from ?? null;
  }

  /** Replaces what hashes passwords: a server has more cores for it, a test wants it cheap. */
  static useHasher(hasher: PasswordHasher): void {
    User.#hasher = hasher;
  }

  /** The user with this email, whatever its case, or null. */
  static async findByEmail(email: string): Promise<User | null> {
    return User.findBy('email', email);
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
   * Which of the user's passwords it is, as a text that changes with the password and with nothing else: a stronger
   * hash of the same password leaves it alone. It holds no secret.
   */
  get passwordVersion(): string {
    return this.#passwordChangedAt ?? '';
  }

  /**
   * The time, in milliseconds since 1970, from which on sessions count; 0: all do. What was ended for safety stays so
   * even if the store of the sessions forgets that it was, as a failover to a replica that lags behind may do.
   */
  get sessionsValidFrom(): number {
    return this.#sessionsValidFrom === null ? 0 : toDate(this.#sessionsValidFrom).getTime();
  }

  /** Whether a session of this user lets anybody in. */
  admits(session: UserSession): boolean {
    if (this.disabled) return false;
    return this.#sessionsValidFrom === null || session.wantedSince >= this.sessionsValidFrom;
  }

  /** Has no session count that was wanted before this time (milliseconds since 1970); `save` stores it. */
  endSessionsBefore(time: number): void {
    this.#sessionsValidFrom = new Date(Math.max(time, this.sessionsValidFrom)).toISOString();
  }

  /**
   * Ends all sessions of the user, for good.
   * @param kept one that stays.
   * @returns those that were ended, removed by `end`.
   */
  async endSessions(
    kept: UserSession | null = null,
    end: (session: UserSession) => Promise<unknown> = (session) => session.remove(),
  ): Promise<UserSession[]> {
    const now = currentTime();
    if (kept?.user_id === this.id) await kept.keep(now);
    this.endSessionsBefore(now);
    await Base.change(User, this.id, { sessions_valid_from: this.#sessionsValidFrom });
    const ended = (await UserSession.allOf(this.id)).filter(({ id }) => id !== kept?.id);
    await Promise.all(ended.map((session) => end(session)));
    return ended;
  }

  /**
   * Sets the password's hash, or none for anything that is not text; `save` stores it.
   * @param from the client on whose behalf, for a fair share of the queue.
   * @throws UnusablePasswordError, HashQueueFullError.
   */
  async setPassword(password: unknown, from?: string): Promise<void> {
    this.#password = typeof password === 'string' ? await User.#hasher.hash(password, from) : null;
    this.#passwordChangedAt = new Date(currentTime()).toISOString();
  }

  /**
   * Stores another password in place of the one that this object has.
   * @returns false when that was changed since the object was loaded, or the user is gone: nothing is stored then.
   * @throws UnusablePasswordError, HashQueueFullError.
   */
  async changePassword(password: string, from?: string): Promise<boolean> {
    const expected = { password_changed_at: this.#passwordChangedAt };
    await this.setPassword(password, from);
    const now = currentTime();
    this.endSessionsBefore(now);
    const changes = { _password: this.#password, password_changed_at: this.#passwordChangedAt };
    const times = {
      sessions_valid_from: this.#sessionsValidFrom,
      updated_at: new Date(now).toISOString(),
    };
    return Base.change(User, this.id, { ...changes, ...times }, expected);
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

  /**
   * Allows one password reset within an hour, in place of any allowed before.
   * @returns the token for it, of which only the digest is kept.
   */
  async startReset(): Promise<string> {
    const token = nanoid(RESET_TOKEN_LENGTH);
    const expiry = new Date(currentTime() + RESET_LIFETIME).toISOString();
    await Base.change(User, this.id, { reset_digest: digestOf(token), reset_expires_at: expiry });
    return token;
  }

  /** Takes back the reset that was allowed, if one was. */
  async cancelReset(): Promise<void> {
    await Base.change(User, this.id, NO_RESET);
  }

  /** Whose reset a token allows now; null when it is unknown, used or expired, or the account is disabled. */
  static async findByReset(token: unknown): Promise<User | null> {
    const user = typeof token === 'string' ? await User.findBy('reset_digest', digestOf(token)) : null;
    const expiry = user?.toRecord()['reset_expires_at'];
    if (!user || user.disabled || typeof expiry !== 'string') return null;
    return currentTime() < Date.parse(expiry) ? user : null;
  }

  /**
   * Uses a reset token up: of several calls with one token, only one gets its user. With a password, that is set in
   * the same write, so that a full queue or disk does not cost the token. Ending the sessions is the caller's part.
   * @returns the user as it is afterwards; null as {@link findByReset}.
   * @throws UnusablePasswordError, HashQueueFullError: nothing was used up then.
   */
  static async redeemReset(token: unknown, password?: string, from?: string): Promise<User | null> {
    const user = await User.findByReset(token);
    if (!user) return null;
    const now = new Date(currentTime()).toISOString();
    const changes = { ...NO_RESET, updated_at: now };
    const hash =
      password === undefined
        ? {}
        : {
            _password: await User.#hasher.hash(password, from),
            password_changed_at: now,
            sessions_valid_from: now,
          };
    const expected = { reset_digest: digestOf(String(token)) };
    const isUsed = await Base.change(User, user.id, { ...changes, ...hash }, expected);
    return isUsed ? User.get(user.id) : null;
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
    return {
      ...this.publicAttributes(),
      role: this.role,
      disabled: this.disabled,
      _password: this.#password,
      password_changed_at: this.#passwordChangedAt,
      ...(this.#sessionsValidFrom === null ? {} : { sessions_valid_from: this.#sessionsValidFrom }),
    };
  }

  protected override publicAttributes(): Changes {
    return { email: this.email, first_name: this.first_name, last_name: this.last_name };
  }
}

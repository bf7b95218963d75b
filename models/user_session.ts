import { hash } from 'node:crypto';
import { nanoid } from 'nanoid';
import { Base, currentTime, storedTime, toDate, type BaseAttributes } from './base.js';
import type { Changes, Index, StoredRecord } from './engine/storage_engine.js';

/** No session lives longer than this many seconds: 30 days (NIST SP 800-63B-4, AAL1). */
export const SESSION_CEILING = 2_592_000;

/** 192 bits from the system's generator; nanoid's default of 126 and a UUID's 122 miss ASVS 7.2.3. */
const SESSION_ID_LENGTH = 32;

export interface UserSessionAttributes extends BaseAttributes {
  readonly user_id?: string;
  readonly session_id?: string;
  readonly last_seen_at?: Date | string;
  readonly confirmed_at?: Date | string;
  readonly kept_at?: string | null;
  readonly remember?: boolean;
  readonly device?: string | null;
  readonly address?: string | null;
}

/** What is known of a login besides whose it is. */
export interface LoginDetails {
  /** True: the session lasts as long as any may, however little it is used. */
  readonly remember?: boolean;
  /** A short name such as "Firefox on Linux". */
  readonly device?: string | null;
  /** The client's address with its last part blanked. */
  readonly address?: string | null;
  /** The time, in milliseconds since 1970, before which it does not count as made: another clock may be ahead. */
  readonly notBefore?: number;
}

/**
 * What is kept of a session id: its SHA-256. Whoever reads the file, or a backup of it, can open no session with it;
 * no salt is needed because the id itself is random (ASVS 11.4).
 */
export function digestOf(sessionId: string): string {
  return hash('sha256', sessionId, 'base64url');
}

/** Somebody's login on one device. `session_id` is the digest of what the cookie holds. */
export class UserSession extends Base {
  static override readonly indexes: readonly Index[] = [
    { attribute: 'session_id', unique: true },
    { attribute: 'user_id', unique: false },
  ];

  readonly user_id: string;
  session_id: string;
  last_seen_at: Date;
  #confirmedAt: Date | string;
  #keptAt: string | null;
  readonly remember: boolean;
  readonly device: string | null;
  readonly address: string | null;

  constructor(attributes: UserSessionAttributes = {}) {
    super(attributes);
    this.user_id = attributes.user_id ?? '';
    this.session_id = attributes.session_id ?? '';
    this.last_seen_at = toDate(attributes.last_seen_at ?? this.created_at);
    this.#confirmedAt = attributes.confirmed_at ?? this.created_at;
    this.#keptAt = attributes.kept_at ?? null;
    this.remember = attributes.remember === true;
    this.device = attributes.device ?? null;
    this.address = attributes.address ?? null;
  }

  /** When the password was last given: a login is fresh for a while after it. */
  get confirmed_at(): Date {
    return (this.#confirmedAt = toDate(this.#confirmedAt));
  }

  set confirmed_at(date: Date) {
    this.#confirmedAt = date;
  }

  /**
   * Since when the session has been wanted, in milliseconds since 1970: since its password was given, or its user chose
   * it to be the one that stays. {@link User.admits} compares it.
   */
  get wantedSince(): number {
    const kept = this.#keptAt === null ? 0 : toDate(this.#keptAt).getTime();
    return Math.max(this.confirmed_at.getTime(), kept);
  }

  /**
   * When a stored session is over for a store that removes it by itself, in milliseconds since 1970. It is live until
   * its last millisecond. That it may end before, for lying idle, is for its scheme to say.
   * @param lifetime seconds of a session that is not to be remembered.
   */
  static endOf(record: StoredRecord, lifetime: number): number {
    const seconds = record['remember'] === true ? SESSION_CEILING : Math.min(lifetime, SESSION_CEILING);
    return storedTime(record['created_at']) + seconds * 1000 + 1;
  }

  /** Stores a new session for a user: resolves to it and to its id, which exists nowhere else, once it is durable. */
  static async open(
    userId: string,
    { notBefore = 0, ...details }: LoginDetails = {},
  ): Promise<{ readonly session: UserSession; readonly sessionId: string }> {
    const sessionId = nanoid(SESSION_ID_LENGTH);
    const confirmed_at = new Date(Math.max(currentTime(), notBefore));
    const what = { user_id: userId, session_id: digestOf(sessionId), confirmed_at };
    const session = new UserSession({ ...details, ...what });
    await session.save();
    return { session, sessionId };
  }

  /** Stores a new session for a user: resolves to its id once it is durable. */
  static async start(userId: string, details: LoginDetails = {}): Promise<string> {
    return (await UserSession.open(userId, details)).sessionId;
  }

  /**
   * Gives the session a new id, which only the caller learns; the old one is worth nothing from then on. Everything
   * else, its record's id and its absolute limit included, stays, and the login counts as fresh.
   * @param notBefore as in {@link LoginDetails}.
   * @returns null when the session has ended, or was given another id, meanwhile.
   */
  async renew(notBefore = 0): Promise<string | null> {
    const sessionId = nanoid(SESSION_ID_LENGTH);
    const confirmed_at = Math.max(currentTime(), notBefore);
    const changes = { session_id: digestOf(sessionId), confirmed_at: new Date(confirmed_at).toISOString() };
    if (!(await Base.change(UserSession, this.id, changes, { session_id: this.session_id }))) return null;
    this.session_id = changes.session_id;
    this.confirmed_at = new Date(confirmed_at);
    return sessionId;
  }

  /** Has the session outlive an end to all of its user's others at this time (milliseconds since 1970); false when it has ended. */
  async keep(at: number): Promise<boolean> {
    this.#keptAt = new Date(at).toISOString();
    return Base.change(UserSession, this.id, { kept_at: this.#keptAt });
  }

  /** The session with this id, or null. Whether it has run out is for the scheme to say. */
  static findBySessionId(sessionId: string): Promise<UserSession | null> {
    return UserSession.findBy('session_id', digestOf(sessionId));
  }

  /** Every session of a user, oldest first, also one that is being stored right now. */
  static async allOf(userId: string): Promise<UserSession[]> {
    await Base.settle(UserSession);
    return UserSession.search({ user_id: userId });
  }

  /** Ends all sessions of a user. */
  static async removeAllOf(userId: string): Promise<void> {
    const sessions = await UserSession.allOf(userId);
    await Promise.all(sessions.map((session) => session.remove()));
  }

  /**
   * Notes when the session was last used. Never brings a session back that has ended since (false then), and never
   * takes back a later use that another process has noted.
   */
  static async noteUse(id: string, at: number): Promise<boolean> {
    const changes = { last_seen_at: new Date(at).toISOString() };
    for (let tries = 0; UserSession.isShared() && tries < 3; tries += 1) {
      const session = await UserSession.get(id);
      if (!session || session.last_seen_at.getTime() >= at) return session !== null;
      const expected = { last_seen_at: session.last_seen_at.toISOString() };
      if (await Base.change(UserSession, id, changes, expected)) return true;
    }
    return Base.change(UserSession, id, changes);
  }

  protected override ownAttributes(): Changes {
    return {
      user_id: this.user_id,
      session_id: this.session_id,
      last_seen_at: this.last_seen_at.toISOString(),
      confirmed_at: this.confirmed_at.toISOString(),
      ...(this.#keptAt === null ? {} : { kept_at: this.#keptAt }),
      remember: this.remember,
      device: this.device,
      address: this.address,
    };
  }

  protected override publicAttributes(): Changes {
    return { user_id: this.user_id };
  }
}

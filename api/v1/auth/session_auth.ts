import { currentTime } from '../../../models/base.js';
import { User } from '../../../models/user.js';
import { SESSION_CEILING, UserSession, type LoginDetails } from '../../../models/user_session.js';
import { Auth, type AuthRequest } from './auth.js';
import { SessionUse } from './session_use.js';

/** Sessions that a sweep looks at in one go: half a millisecond in which nobody else is served. */
const SWEEP_SLICE = 100;

export interface SessionOptions {
  readonly cookieName: string;
  /** Seconds without a request after which a session ends; 0: never. */
  readonly idleSeconds: number;
  /** Sessions a user may have at once; one more ends the oldest (ASVS 7.1.2). */
  readonly maxSessions?: number;
}

/** What came of starting a session. */
export interface OpenedSession {
  readonly session: UserSession;
  /** What opens it, which nothing but the client's cookie may keep. */
  readonly credential: string;
  /** The user's sessions that it put an end to because there may not be so many. */
  readonly surplus: readonly UserSession[];
}

/**
 * Sessions: a random id in a cookie, and what it stands for kept here. This class is the whole life of a session;
 * the schemes below it only say how long one lives and whether it outlives the process.
 */
export class SessionAuth extends Auth {
  readonly #idleSeconds: number;
  readonly #maxSessions: number;
  readonly #use: SessionUse;

  constructor(options: SessionOptions) {
    super(options);
    this.#idleSeconds = options.idleSeconds;
    this.#maxSessions = options.maxSessions ?? Infinity;
    this.#use = new SessionUse(options.idleSeconds);
  }

  override get sessions(): SessionAuth {
    return this;
  }

  /** Seconds from its creation after which a session ends, however much it is used. */
  get lifetime(): number {
    return SESSION_CEILING;
  }

  /** Seconds a browser should keep the cookie; null: until it is closed. */
  get cookieMaxAge(): number | null {
    return null;
  }

  /**
   * Every live session: the digest of its id and the id of its user. The course has the ids themselves as keys; ours
   * are nowhere but in the clients' cookies, so look one up with `digestOf`.
   */
  async userIdBySessionId(): Promise<ReadonlyMap<string, string>> {
    const sessions = await UserSession.all();
    return new Map(sessions.filter((session) => this.#isLive(session)).map((s) => [s.session_id, s.user_id]));
  }

  /** Starts a session and returns its id once it is kept; null for a user id that is no text. */
  async createSession(userId: unknown, details: LoginDetails = {}): Promise<string | null> {
    return typeof userId === 'string' ? (await this.openSession(userId, details)).credential : null;
  }

  /**
   * Starts a session; resolves once it is kept.
   * @param replaced a session that it takes the place of, and ends.
   */
  async openSession(
    userId: string,
    details: LoginDetails = {},
    replaced: UserSession | null = null,
  ): Promise<OpenedSession> {
    const { session, sessionId } = await UserSession.open(userId, details);
    const credential = await this.credentialFor(session, sessionId);
    if (replaced) await this.end(replaced);
    return { session, credential, surplus: await this.#endSurplus(userId) };
  }

  /** What the request presents: the cookie's value, or null. */
  credentialOf(request: AuthRequest | null = null): string | null {
    return this.sessionCookie(request);
  }

  /** The live session that a credential opens, or null. Asking counts as use. */
  useSession(credential: unknown): Promise<UserSession | null> {
    return this.#find(credential, true);
  }

  /** Gives a session a new credential, and resolves to it; the old one opens nothing. Null when it has ended. */
  async renew(session: UserSession, notBefore = 0): Promise<string | null> {
    const sessionId = await session.renew(notBefore);
    return sessionId === null ? null : this.credentialFor(session, sessionId);
  }

  /** Ends a session at once; false when it has ended before. */
  async end(session: UserSession): Promise<boolean> {
    this.#use.forget(session.id);
    return session.remove();
  }

  /** Seconds a browser should keep the cookie of this session, from now on; null: until it is closed. */
  cookieMaxAgeOf(session: UserSession): number | null {
    if (!session.remember && this.cookieMaxAge === null) return null;
    // Rounded up: a login takes milliseconds, and a cookie that outlives its session by a part of a second is harmless.
    return Math.max(0, Math.ceil((this.expiryOf(session).getTime() - currentTime()) / 1000));
  }

  /** A user's live sessions, newest first. */
  async sessionsOfUser(userId: string): Promise<UserSession[]> {
    const sessions = await UserSession.search({ user_id: userId });
    return sessions.filter((session) => this.#isLive(session)).toReversed();
  }

  /** When the session was last used, by what has been noticed and not only by what is written. */
  lastUseOf(session: UserSession): Date {
    return new Date(this.#use.lastOf(session));
  }

  /** When the session ends however much it is used. */
  expiryOf(session: UserSession): Date {
    return new Date(this.#endOf(session));
  }

  /** When the session ends unless it is used before, or null when it may lie idle. */
  idleExpiryOf(session: UserSession): Date | null {
    const end = this.#idleEndOf(session);
    return end === Infinity ? null : new Date(end);
  }

  /** The id of the user a live session belongs to, or null. Asking counts as use. */
  async userIdForSessionId(sessionId: unknown): Promise<string | null> {
    return (await this.useSession(sessionId))?.user_id ?? null;
  }

  /** The live session that the request presents, or null. Asking does not count as use. */
  async sessionOf(request: AuthRequest): Promise<UserSession | null> {
    return this.#find(this.credentialOf(request));
  }

  override async currentUser(request: AuthRequest | null = null): Promise<User | null> {
    const session = await this.useSession(this.credentialOf(request));
    // Not userOf: each promise more is a hundredth of what a request costs.
    const user = session && (await User.get(session.user_id));
    return session && user?.admits(session) ? user : null;
  }

  /** Whose session it is; null when it lets nobody in, although it is stored. */
  async userOf(session: UserSession): Promise<User | null> {
    const user = await User.get(session.user_id);
    return user?.admits(session) ? user : null;
  }

  /** Ends the session the request presents; true once it is gone for good, false when there is none. */
  async destroySession(request: AuthRequest | null = null): Promise<boolean> {
    const session = await this.#find(this.credentialOf(request));
    return session !== null && this.end(session);
  }

  /**
   * Removes sessions that have run out or whose user is gone, a slice at a time; returns how many. Where the store
   * does so by itself, no process walks through the sessions of all.
   */
  async sweep(): Promise<number> {
    let removed = 0;
    if (UserSession.isShared()) {
      await this.#use.tidy();
      return removed;
    }
    for await (const slice of UserSession.slices(SWEEP_SLICE)) {
      const dead = [];
      for (const session of slice) {
        if (!this.#isLive(session) || !(await User.get(session.user_id))) dead.push(session);
      }
      await Promise.all(dead.map((session) => session.remove()));
      removed += dead.length;
    }
    await this.#use.tidy();
    return removed;
  }

  override async close(): Promise<void> {
    await this.#use.writeAll();
  }

  /** What a client is to present for a session: the id itself. */
  protected async credentialFor(_session: UserSession, sessionId: string): Promise<string> {
    return sessionId;
  }

  /** The session that a credential stands for, whether it is live or has run out; null when there is none. */
  protected sessionFor(credential: string): Promise<UserSession | null> {
    return UserSession.findBySessionId(credential);
  }

  async #find(credential: unknown, isUse = false): Promise<UserSession | null> {
    if (typeof credential !== 'string') return null;
    const session = await this.sessionFor(credential);
    const now = currentTime();
    if (!session || !this.#isLive(session, now)) return null;
    const noted = isUse ? this.#use.note(session, now) : null;
    if (noted) await noted;
    return session;
  }

  #isLive(session: UserSession, now = currentTime()): boolean {
    return now <= this.#endOf(session) && now <= this.#idleEndOf(session);
  }

  /** Milliseconds since 1970. */
  #endOf(session: UserSession): number {
    const lifetime = session.remember ? SESSION_CEILING : this.lifetime;
    return session.created_at.getTime() + lifetime * 1000;
  }

  /** Milliseconds since 1970; Infinity when the session may lie idle. */
  #idleEndOf(session: UserSession): number {
    if (this.#idleSeconds === 0 || session.remember) return Infinity;
    return this.#use.idleEndOf(session);
  }

  async #endSurplus(userId: string): Promise<UserSession[]> {
    const surplus = (await this.sessionsOfUser(userId)).slice(this.#maxSessions);
    await Promise.all(surplus.map((session) => this.end(session)));
    return surplus;
  }
}

import { hash } from 'node:crypto';
import { nanoid } from 'nanoid';
import { Base, toDate, type BaseAttributes } from './base.js';
import type { Changes, Index } from './engine/storage_engine.js';

/** 192 bits from the system's generator; nanoid's default of 126 and a UUID's 122 miss ASVS 7.2.3. */
const SESSION_ID_LENGTH = 32;

export interface UserSessionAttributes extends BaseAttributes {
  readonly user_id?: string;
  readonly session_id?: string;
  readonly last_seen_at?: Date | string;
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
  readonly session_id: string;
  last_seen_at: Date;

  constructor(attributes: UserSessionAttributes = {}) {
    super(attributes);
    this.user_id = attributes.user_id ?? '';
    this.session_id = attributes.session_id ?? '';
    this.last_seen_at = toDate(attributes.last_seen_at, this.created_at);
  }

  /** Stores a new session for a user: resolves to the session id, which exists nowhere else, once it is durable. */
  static async start(userId: string): Promise<string> {
    const sessionId = nanoid(SESSION_ID_LENGTH);
    await new UserSession({ user_id: userId, session_id: digestOf(sessionId) }).save();
    return sessionId;
  }

  /** The session with this id, or null. Whether it has run out is for the scheme to say. */
  static async findBySessionId(sessionId: string): Promise<UserSession | null> {
    const [session] = await UserSession.search({ session_id: digestOf(sessionId) });
    return session ?? null;
  }

  /** Ends all sessions of a user. */
  static async removeAllOf(userId: string): Promise<void> {
    // A session that is being stored right now would not be found yet.
    await Base.settle(UserSession);
    const sessions = await UserSession.search({ user_id: userId });
    await Promise.all(sessions.map((session) => session.remove()));
  }

  /** Notes when the session was last used. Never brings a session back that has ended since (false then). */
  static async noteUse(id: string, at: number): Promise<boolean> {
    return Base.change(UserSession, id, { last_seen_at: new Date(at).toISOString() });
  }

  protected override ownAttributes(): Changes {
    return {
      user_id: this.user_id,
      session_id: this.session_id,
      last_seen_at: this.last_seen_at.toISOString(),
    };
  }

  protected override publicAttributes(): Changes {
    return { user_id: this.user_id };
  }
}

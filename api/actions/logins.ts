import { User } from '../../models/user.js';
import type { UserSession } from '../../models/user_session.js';
import type { Context } from '../context.js';
import { ApiError } from '../errors.js';
import type { KnownDevices } from '../services/known_devices.js';
import { requesterOf, type AuditTrail } from '../services/requester.js';
import type { SessionCookie } from '../services/session_cookie.js';
import { renewVisitor } from '../services/visitor.js';
import type { SessionAuth } from '../v1/auth/session_auth.js';
import type { Login } from './login_guard.js';

export interface LoginsOptions {
  readonly sessions: SessionAuth;
  readonly cookie: SessionCookie;
  readonly devices: KnownDevices;
  readonly audit: AuditTrail;
  /** True in production: a logout then tells the browser to drop what it has cached (ASVS 14.3.1). */
  readonly production: boolean;
}

/** How a login is to be kept. */
export interface Keeping {
  /** True: for 30 days, however little it is used. */
  readonly remember?: boolean;
  /** True: the throttle is to know this device from now on. */
  readonly knowDevice?: boolean;
}

/** Logs in and out by cookie: what every door does once it knows who is there. */
export class Logins {
  readonly #options: LoginsOptions;

  constructor(options: LoginsOptions) {
    this.#options = options;
  }

  /**
   * Logs a user in whose password was right: with a new session id, whatever id came with the request, which is worth
   * nothing afterwards (ASVS 7.2.4).
   * @returns null when the user was removed or disabled, or has another password, since it was found to be right.
   */
  async start(ctx: Context, user: User, { remember, knowDevice }: Keeping = {}): Promise<UserSession | null> {
    const { sessions, cookie, devices } = this.#options;
    const { device, shownAddress: address } = requesterOf(ctx);
    const details = { device, address, remember: remember === true, notBefore: user.sessionsValidFrom };
    const presented = await sessions.sessionOf(ctx);
    const { credential, surplus } = await sessions.openSession(user.id, details, presented);
    const session = await sessions.useSession(credential);
    if (!session) return null;
    // Whoever did that has ended the sessions that there were: this one may have come too late to be among them.
    if (!(await isStillGood(user, session))) {
      await sessions.end(session);
      return null;
    }
    renewVisitor(ctx);
    cookie.set(ctx, credential, sessions.cookieMaxAgeOf(session));
    if (knowDevice) devices.remember(ctx, user);
    ctx.state.user = user;
    await Promise.all(surplus.map((ended) => this.#record(ctx, 'revoke', ended, 'more than MAX_SESSIONS')));
    await this.#record(ctx, 'login', session);
    return session;
  }

  /**
   * Gives this device a new session id: the old one may have been seen by somebody (ASVS 7.2.4).
   * @throws ApiError 401 when the session has ended meanwhile.
   */
  async renew(ctx: Context, { session, user }: Login): Promise<void> {
    const { sessions, cookie } = this.#options;
    const credential = await sessions.renew(session, user.sessionsValidFrom);
    if (credential === null) throw new ApiError(401);
    cookie.set(ctx, credential, sessions.cookieMaxAgeOf(session));
  }

  /** Ends a session that its own user's device presented; false when it has ended meanwhile. */
  async end(ctx: Context, session: UserSession): Promise<boolean> {
    const { sessions, cookie, production } = this.#options;
    if (!(await sessions.end(session))) return false;
    cookie.clear(ctx);
    if (production) ctx.set('Clear-Site-Data', '"cache"');
    await this.#record(ctx, 'logout', session);
    return true;
  }

  async #record(
    ctx: Context,
    event: 'login' | 'logout' | 'revoke',
    { id: session, user_id: user }: UserSession,
    detail?: string,
  ): Promise<void> {
    const { forAudit } = requesterOf(ctx);
    const what = { event, outcome: 'success', user, session } as const;
    await this.#options.audit.record({ ...forAudit, ...what, ...(detail === undefined ? {} : { detail }) });
  }
}

/** Whether a password of this user that was right is so now, and a session that it has opened lets anybody in. */
async function isStillGood(user: User, session: UserSession): Promise<boolean> {
  const now = await User.get(user.id);
  return now !== null && now.admits(session) && now.passwordVersion === user.passwordVersion;
}

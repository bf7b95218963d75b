import { User } from '../../models/user.js';
import type { UserSession } from '../../models/user_session.js';
import type { Context } from '../context.js';
import { ApiError } from '../errors.js';
import { changeAccount, removeAccount, type AccountChanges } from '../services/accounts.js';
import type { ActivityPage } from '../services/audit/audit.js';
import type { Credentials } from '../services/credentials.js';
import { problemOfEmail } from '../services/email_address.js';
import { blankedAddress } from '../services/network.js';
import { makeUser, type NewUser } from '../services/new_user.js';
import type { PasswordPolicy } from '../services/password_policy.js';
import { requesterOf, type AuditTrail } from '../services/requester.js';
import type { Rights } from '../services/rights.js';
import type { SessionCookie } from '../services/session_cookie.js';
import type { SessionAuth } from '../v1/auth/session_auth.js';
import type { Login } from './login_guard.js';

export interface AccountsOptions {
  readonly sessions: SessionAuth;
  readonly cookie: SessionCookie;
  readonly credentials: Credentials;
  readonly policy: PasswordPolicy;
  readonly rights: Rights;
  readonly audit: AuditTrail;
}

/** The two names; null is none. */
export type Names = Pick<NewUser, 'first_name' | 'last_name'>;

/** A page of users in the order of their registration; `next` is for `after` of the next one, null on the last. */
export interface UserPage {
  readonly users: readonly User[];
  readonly next: string | null;
}

/** Users a page holds unless another size is asked for. */
const PAGE = 50;

/** Making and removing accounts, what admins change of them, and ending their sessions. */
export class Accounts {
  readonly #options: AccountsOptions;

  constructor(options: AccountsOptions) {
    this.#options = options;
  }

  /** Whether somebody may register, null when nobody is logged in. */
  isOpenTo(caller: User | null): boolean {
    return this.#options.rights.mayRegister(caller);
  }

  /**
   * Refuses whom registration is closed for.
   * @param caller who asks, null when nobody is logged in.
   * @throws ApiError 403.
   */
  requireOpenTo(caller: User | null): void {
    if (!this.isOpenTo(caller))
      throw new ApiError(403, { code: 'registration_closed', text: 'registration is closed' });
  }

  /**
   * Makes a user, and no session.
   * @throws ApiError 400 saying what is wrong with the email or the password; 409 for an email that is taken.
   */
  async register(ctx: Context, fields: NewUser): Promise<User> {
    const { email, password } = fields;
    const weakness = () => this.#options.policy.problemOf(password, { email, host: ctx.hostname });
    const problem = problemOfEmail(email) ?? weakness();
    if (problem !== null) throw new ApiError(400, problem);
    const user = await makeUser(fields, ctx.ip);
    await this.#record(ctx, { event: 'register', user: user.id });
    return user;
  }

  /**
   * Changes somebody's own names.
   * @throws ApiError 401 when the user was removed meanwhile.
   */
  async rename({ user }: Login, { first_name, last_name }: Names): Promise<void> {
    user.first_name = first_name;
    user.last_name = last_name;
    if (!(await user.save())) throw new ApiError(401);
  }

  /**
   * A page of somebody's own audit trail, newest first; the last part of addresses is blanked.
   * @param before `next` of the page before.
   * @throws ApiError 400 for what no page of ours ever said, which would read as "nothing happened before".
   */
  async activityOf(
    user: User,
    before: string | readonly string[] | undefined,
    limit?: number,
  ): Promise<ActivityPage> {
    if (before !== undefined && (typeof before !== 'string' || !this.#options.audit.isCursor(before)))
      throw new ApiError(400, 'before must be given once, as the next of another page');
    const options = { before: before ?? null, ...(limit === undefined ? {} : { limit }) };
    const { events, next } = await this.#options.audit.activityOf(user.id, options);
    const shown = events.map((event) => ({
      ...event,
      address: event.address === null ? null : blankedAddress(event.address),
    }));
    return { events: shown, next };
  }

  /**
   * A page of all users, for admins.
   * @param after `next` of the page before.
   * @throws ApiError 400 when there is no such page.
   */
  async users(after: string | readonly string[] | undefined, size = PAGE): Promise<UserPage> {
    const found = typeof after === 'object' ? null : await User.page(size + 1, after);
    if (!found) throw new ApiError(400, 'after must be the next of a page');
    const users = found.slice(0, size);
    return { users, next: found.length > size ? (users.at(-1)?.id ?? null) : null };
  }

  /**
   * Removes somebody's own account with all sessions.
   * @throws LastAdminError.
   */
  async remove(ctx: Context, { user, session }: Login): Promise<void> {
    const { credentials, cookie } = this.#options;
    await removeAccount(user.id);
    await credentials.forget(user.email ?? '');
    cookie.clear(ctx);
    await this.#record(ctx, { event: 'delete', user: user.id, session: session.id });
  }

  /**
   * Has an admin change what somebody may do.
   * @throws ApiError 404 for an id that nobody has; LastAdminError.
   */
  async change(ctx: Context, admin: User, id: string, changes: AccountChanges): Promise<User> {
    const user = await changeAccount(id, changes);
    if (!user) throw new ApiError(404);
    const detail = Object.keys(changes).join(' ');
    await this.#record(ctx, { event: 'admin', user: user.id, actor: admin.id, device: null, detail });
    return user;
  }

  /** Ends sessions on behalf of their user, or of an admin. */
  async endSessions(ctx: Context, ended: readonly UserSession[], actor: User): Promise<void> {
    const { sessions } = this.#options;
    await Promise.all(ended.map((session) => sessions.end(session)));
    await this.#recordEnded(ctx, ended, actor);
  }

  /** Ends all sessions of a user for good, but for the one that asks for it; resolves to how many live ones there were. */
  async endAllSessions(ctx: Context, owner: User, { user: actor, session }: Login): Promise<number> {
    const { sessions } = this.#options;
    const live = (await sessions.sessionsOfUser(owner.id)).filter(({ id }) => id !== session.id);
    await owner.endSessions(session, (one) => sessions.end(one));
    await this.#recordEnded(ctx, live, actor);
    return live.length;
  }

  async #recordEnded(ctx: Context, ended: readonly UserSession[], actor: User): Promise<void> {
    const events = ended.map(({ id: session, user_id: user }) => {
      const who = user === actor.id ? { user } : { user, actor: actor.id, device: null };
      return this.#record(ctx, { event: 'revoke', session, ...who });
    });
    await Promise.all(events);
  }

  async #record(
    ctx: Context,
    what: {
      event: 'register' | 'delete' | 'admin' | 'revoke';
      user: string;
      actor?: string;
      session?: string;
      device?: null;
      detail?: string;
    },
  ): Promise<void> {
    await this.#options.audit.record({ ...requesterOf(ctx).forAudit, ...what, outcome: 'success' });
  }
}

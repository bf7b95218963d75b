import { User } from '../../models/user.js';
import { UserSession } from '../../models/user_session.js';
import type { Context } from '../context.js';
import { ApiError } from '../errors.js';
import type { Credentials } from '../services/credentials.js';
import type { KnownDevices } from '../services/known_devices.js';
import type { PasswordPolicy } from '../services/password_policy.js';
import { requesterOf, type AuditTrail } from '../services/requester.js';
import type { Login } from './login_guard.js';
import type { Logins } from './logins.js';

export interface PasswordsOptions {
  readonly credentials: Credentials;
  readonly devices: KnownDevices;
  readonly logins: Logins;
  readonly policy: PasswordPolicy;
  readonly audit: AuditTrail;
}

/** Changing a password, proving that one knows it, and setting a new one with a reset token. */
export class Passwords {
  readonly #options: PasswordsOptions;

  constructor(options: PasswordsOptions) {
    this.#options = options;
  }

  /**
   * Makes a login fresh again, with a new session id (ASVS 7.2.4).
   * @throws ApiError 403 for a wrong password, TooManyAttemptsError.
   */
  async confirm(ctx: Context, { user, session }: Login, password: string): Promise<void> {
    await this.#requirePassword(ctx, user, password);
    await this.#options.logins.renew(ctx, { user, session });
    await this.#record(ctx, 'confirm', user, session);
  }

  /**
   * Changes the password. This device gets a new session id, and all other sessions end (ASVS 7.4.3).
   * @throws ApiError 403 for a wrong current password, 400 for a new one that breaks the policy, 401 when another
   * change or a reset came first, which ended this session; TooManyAttemptsError.
   */
  async change(ctx: Context, login: Login, current: string, next: string): Promise<void> {
    const { devices, logins } = this.#options;
    const { session } = login;
    const user = await this.#requirePassword(ctx, login.user, current);
    this.#requireGood(ctx, next, user);
    if (!(await user.changePassword(next, ctx.ip))) throw new ApiError(401);
    const others = (await UserSession.allOf(user.id)).filter(({ id }) => id !== session.id);
    await Promise.all(others.map((other) => other.remove()));
    await logins.renew(ctx, { user, session });
    // The change made all devices unknown; this one has just given the password.
    devices.remember(ctx, user);
    await this.#record(ctx, 'password', user, session);
  }

  /**
   * Sets a new password with the one-time token that an admin handed out. It ends all sessions and logs nobody in.
   * @throws ApiError 410 for a token that is not good, or no more; 400 for a password that breaks the policy.
   */
  async reset(ctx: Context, token: string, next: string): Promise<void> {
    const owner = await User.findByReset(token);
    if (!owner) throw gone();
    this.#requireGood(ctx, next, owner);
    const user = await User.redeemReset(token, next, ctx.ip);
    if (!user) throw gone();
    await UserSession.removeAllOf(user.id);
    await this.#options.credentials.unlock(user.email ?? '');
    await this.#record(ctx, 'password', user, null);
  }

  #requireGood(ctx: Context, password: string, user: User): void {
    const problem = this.#options.policy.problemOf(password, { email: user.email ?? '', host: ctx.hostname });
    if (problem !== null) throw new ApiError(400, problem);
  }

  /** @returns the user as it was when the password was right. */
  async #requirePassword(ctx: Context, { id, email }: User, password: string): Promise<User> {
    const { user } = await this.#options.credentials.check(ctx, email ?? '', password);
    if (user?.id !== id) throw new ApiError(403, { code: 'password_wrong', text: 'wrong password' });
    return user;
  }

  async #record(
    ctx: Context,
    event: 'password' | 'confirm',
    { id: user }: User,
    session: UserSession | null,
  ): Promise<void> {
    const what = { event, outcome: 'success', user, session: session?.id ?? null } as const;
    await this.#options.audit.record({ ...requesterOf(ctx).forAudit, ...what });
  }
}

function gone(): ApiError {
  return new ApiError(410, { code: 'reset_gone', text: 'this token was used, has expired or never was' });
}

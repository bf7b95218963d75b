import { currentTime } from '../../models/base.js';
import type { User } from '../../models/user.js';
import type { UserSession } from '../../models/user_session.js';
import type { Context } from '../context.js';
import { ApiError } from '../errors.js';
import type { SessionAuth } from '../v1/auth/session_auth.js';

/** Who asks, and by which session. */
export interface Login {
  readonly user: User;
  readonly session: UserSession;
}

/** Finds out who asks, and refuses who may not. */
export class LoginGuard {
  readonly #sessions: SessionAuth;
  readonly #freshSeconds: number;

  /** @param freshSeconds how long a login counts as fresh after the password was given. */
  constructor(options: { readonly sessions: SessionAuth; readonly freshSeconds: number }) {
    this.#sessions = options.sessions;
    this.#freshSeconds = options.freshSeconds;
  }

  /** The login that the request's cookie stands for, or null. */
  async find(ctx: Context): Promise<Login | null> {
    const session = await this.#sessions.useSession(this.#sessions.credentialOf(ctx));
    const user = session && (await this.#sessions.userOf(session));
    if (!session || !user) return null;
    ctx.state.user = user;
    return { user, session };
  }

  /** @throws ApiError 401 without a login. */
  async require(ctx: Context): Promise<Login> {
    const login = await this.find(ctx);
    if (!login) throw new ApiError(401);
    return login;
  }

  /** Whether the password was given a short while ago. */
  isFresh({ session }: Login): boolean {
    return currentTime() - session.confirmed_at.getTime() <= this.#freshSeconds * 1000;
  }

  /** @throws ApiError 401 without a login, 403 when the password was given too long ago (ASVS 7.5.1). */
  async requireFresh(ctx: Context): Promise<Login> {
    const login = await this.require(ctx);
    if (!this.isFresh(login)) throw new ApiError(403, { code: 'not_fresh', text: 'fresh login required' });
    return login;
  }

  /** @throws ApiError 401 without a login, 403 for anybody but an admin. */
  async requireAdmin(ctx: Context): Promise<Login> {
    const login = await this.require(ctx);
    if (!login.user.isAdmin) throw new ApiError(403);
    return login;
  }
}

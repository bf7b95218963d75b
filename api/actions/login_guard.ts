import { currentTime } from '../../models/base.js';
import { User } from '../../models/user.js';
import type { UserSession } from '../../models/user_session.js';
import type { ViewContext } from '../context.js';
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
  async find(ctx: ViewContext): Promise<Login | null> {
    const session = await this.#sessions.useSession(this.#sessions.credentialOf(ctx));
    const user = session && (await User.get(session.user_id));
    if (!session || !user || user.disabled) return null;
    ctx.state.user = user;
    return { user, session };
  }

  /** @throws ApiError 401 without a login. */
  async require(ctx: ViewContext): Promise<Login> {
    const login = await this.find(ctx);
    if (!login) throw new ApiError(401);
    return login;
  }

  /** @throws ApiError 401 without a login, 403 when the password was given too long ago (ASVS 7.5.1). */
  async requireFresh(ctx: ViewContext): Promise<Login> {
    const login = await this.require(ctx);
    const age = currentTime() - login.session.confirmed_at.getTime();
    if (age > this.#freshSeconds * 1000)
      throw new ApiError(403, { code: 'not_fresh', text: 'fresh login required' });
    return login;
  }

  /** @throws ApiError 401 without a login, 403 for anybody but an admin. */
  async requireAdmin(ctx: ViewContext): Promise<Login> {
    const login = await this.require(ctx);
    if (!login.user.isAdmin) throw new ApiError(403);
    return login;
  }
}

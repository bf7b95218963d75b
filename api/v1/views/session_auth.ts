import { readFields, requiredField } from '../../body.js';
import type { ViewContext } from '../../context.js';
import { ApiError } from '../../errors.js';
import type { Logins } from '../../actions/logins.js';
import type { Credentials } from '../../services/credentials.js';
import type { Auth } from '../auth/auth.js';
import type { SessionAuth } from '../auth/session_auth.js';

export interface SessionAuthViewsOptions {
  readonly auth: Auth | null;
  readonly credentials: Credentials;
  readonly logins: Logins;
  /** `course` tells an unknown email from a wrong password, as the exercises show; `uniform` does not. */
  readonly loginErrors: 'course' | 'uniform';
}

/** The views of /api/v1/auth_session. */
export function sessionAuthViews({ auth, credentials, logins, loginErrors }: SessionAuthViewsOptions) {
  return {
    /** POST /api/v1/auth_session/login */
    async login(ctx: ViewContext): Promise<void> {
      const fields = await readFields(ctx);
      const email = requiredField(fields, 'email');
      const password = requiredField(fields, 'password');
      requireSessions(auth);
      const { user, account } = await credentials.check(ctx, email, password);
      if (!user || !(await logins.start(ctx, user))) throw refusal(loginErrors, account !== null);
      ctx.body = user;
    },

    /** DELETE /api/v1/auth_session/logout */
    async logout(ctx: ViewContext): Promise<void> {
      const session = await requireSessions(auth).sessionOf(ctx);
      if (!session || !(await logins.end(ctx, session))) throw new ApiError(404);
      ctx.body = {};
    },
  };
}

function requireSessions(auth: Auth | null): SessionAuth {
  if (!auth?.sessions) throw new ApiError(404, 'no sessions here: AUTH_TYPE names no session scheme');
  return auth.sessions;
}

function refusal(texts: 'course' | 'uniform', known: boolean): ApiError {
  if (texts === 'uniform') return new ApiError(401, 'wrong email or password');
  return known ? new ApiError(401, 'wrong password') : new ApiError(404, 'no user found for this email');
}

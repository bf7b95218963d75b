import { readFields, requiredField } from '../../body.js';
import type { ViewContext } from '../../context.js';
import { ApiError } from '../../errors.js';
import { checkCredentials } from '../../services/credentials.js';
import { requesterOf } from '../../services/requester.js';
import type { SessionCookie } from '../../services/session_cookie.js';
import type { Auth } from '../auth/auth.js';
import type { SessionAuth } from '../auth/session_auth.js';

export interface SessionAuthViewsOptions {
  readonly auth: Auth | null;
  readonly cookie: SessionCookie;
  /** `course` tells an unknown email from a wrong password, as the exercises show; `uniform` does not. */
  readonly loginErrors: 'course' | 'uniform';
}

/** The views of /api/v1/auth_session. */
export function sessionAuthViews({ auth, cookie, loginErrors }: SessionAuthViewsOptions) {
  return {
    /** POST /api/v1/auth_session/login */
    async login(ctx: ViewContext): Promise<void> {
      const fields = await readFields(ctx);
      const email = requiredField(fields, 'email');
      const password = requiredField(fields, 'password');
      const sessions = sessionsOf(auth);
      const { user, known } = await checkCredentials(email, password, ctx.ip);
      if (!user) throw refusal(loginErrors, known);
      // Always a new id: one that somebody planted in the browser must not become a login.
      const { device, shownAddress: address } = requesterOf(ctx);
      const sessionId = await sessions.createSession(user.id, { device, address });
      await sessions.destroySession(ctx.request);
      cookie.set(ctx, sessionId ?? '', sessions.cookieMaxAge);
      ctx.body = user;
    },

    /** DELETE /api/v1/auth_session/logout */
    async logout(ctx: ViewContext): Promise<void> {
      if (!(await sessionsOf(auth).destroySession(ctx.request))) throw new ApiError(404);
      cookie.clear(ctx);
      ctx.body = {};
    },
  };
}

function sessionsOf(auth: Auth | null): SessionAuth {
  if (!auth?.sessions) throw new ApiError(404, 'no sessions here: AUTH_TYPE names no session scheme');
  return auth.sessions;
}

function refusal(texts: 'course' | 'uniform', known: boolean): ApiError {
  if (texts === 'uniform') return new ApiError(401, 'wrong email or password');
  return known ? new ApiError(401, 'wrong password') : new ApiError(404, 'no user found for this email');
}

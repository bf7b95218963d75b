import type { Context } from '../../context.js';
import { ApiError } from '../../errors.js';
import type { Auth } from './auth.js';

/**
 * Finds out who sends a request, keeps it in `ctx.state.user`, and goes on.
 * @throws ApiError 401 without a header or cookie to look at, 403 with one that is nobody's.
 */
export async function letIn(auth: Auth, ctx: Context, next: () => Promise<unknown>): Promise<void> {
  const user = await auth.currentUser(ctx);
  if (!user) throw new ApiError(hasCredentials(auth, ctx) ? 403 : 401);
  ctx.state.user = user;
  await next();
}

function hasCredentials(auth: Auth, ctx: Context): boolean {
  return auth.authorizationHeader(ctx) !== null || auth.sessionCookie(ctx) !== null;
}

import type { ViewContext } from '../../context.js';
import { ApiError } from '../../errors.js';
import { User } from '../../../models/user.js';

/** GET /api/v1/status */
export function status(ctx: ViewContext): void {
  ctx.body = { status: 'OK' };
}

/** GET /api/v1/stats */
export async function stats(ctx: ViewContext): Promise<void> {
  ctx.body = { users: await User.count() };
}

/** GET /api/v1/unauthorized: shows what a 401 looks like. */
export function unauthorized(): never {
  throw new ApiError(401);
}

/** GET /api/v1/forbidden: shows what a 403 looks like. */
export function forbidden(): never {
  throw new ApiError(403);
}

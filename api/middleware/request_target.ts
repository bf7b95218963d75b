import type { Context, Middleware } from '../context.js';
import { ApiError } from '../errors.js';

/** Refuses a request target without a path, such as `http://`: everything behind looks at the path. */
export const requestTarget: Middleware = (ctx, next) => {
  if (!hasPath(ctx)) throw new ApiError(400);
  return next();
};

/** Koa reads the path out of the target when it is asked for it, and fails for a target that is no URL. */
export function hasPath(ctx: Context): boolean {
  try {
    return typeof ctx.path === 'string';
  } catch {
    return false;
  }
}

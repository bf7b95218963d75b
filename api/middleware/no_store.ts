import type { Middleware } from '../context.js';

/** No answer of ours belongs into a cache: nearly all of them show a user or set a cookie (ASVS 14.3.2). */
export const noStore: Middleware = (ctx, next) => {
  ctx.res.setHeader('Cache-Control', 'no-store');
  return next();
};

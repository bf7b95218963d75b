import koaCors from '@koa/cors';
import type { Middleware } from '../context.js';
import { fixedHeaders } from './fixed_headers.js';

/** What pages of other origins may call. */
const OPEN = /^\/(?:api\/v1|auth)(?:\/|$)/;

/**
 * Lets pages of other origins call `/api/v1` and `/auth`. `*` is sent even without an `Origin` header, as the course's first
 * exercise shows, and never with credentials; an origin that is listed by name may send the session cookie.
 */
export function cors(origins: '*' | readonly string[]): Middleware {
  const answer =
    origins === '*'
      ? koaCors({ origin: '*', allowMethods: METHODS })
      : koaCors({
          origin: (ctx) => listed(origins, ctx.get('Origin')),
          credentials: true,
          allowMethods: METHODS,
        });
  const answerOther: Middleware = async (ctx, next) => {
    let isPreflight = true;
    await answer(ctx, () => {
      isPreflight = false;
      return next();
    });
    // The course's server answers a preflight with 200; 204, the package's own, would be as good.
    if (isPreflight) {
      ctx.status = 200;
      ctx.body = '';
    }
  };
  // All that the package would do for a request that no page of another origin made.
  const own = fixedHeaders([...(origins === '*' ? [ANYBODY] : []), ['Vary', 'Origin']]);
  return (ctx, next) => {
    if (!OPEN.test(ctx.path)) return next();
    if (ctx.headers.origin === undefined) {
      own(ctx.res);
      return next();
    }
    // The package leaves a bare OPTIONS alone; the course's server does not.
    if (origins === '*') ctx.res.setHeader(...ANYBODY);
    return answerOther(ctx, next);
  };
}

const ANYBODY = ['Access-Control-Allow-Origin', '*'] as const;
const METHODS = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'];

function listed(origins: readonly string[], origin: string): string {
  return origins.includes(origin) ? origin : '';
}

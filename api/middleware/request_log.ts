import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Context, Middleware } from '../context.js';

/**
 * Names each request and writes one line about it when it is answered: at `info`, or at `debug` where a request is asked
 * so often that it would drown the others. The line holds no body, no header, no query
 * and no session id: nothing that opens a door.
 */
export function requestLog(log: Logger, isFrequent: (ctx: Context) => boolean): Middleware {
  const isOn = log.isLevelEnabled('info');
  return (ctx, next) => {
    ctx.state.requestId = randomUUID();
    ctx.res.setHeader('X-Request-Id', ctx.state.requestId);
    return isOn ? logged(log, ctx, next, isFrequent) : next();
  };
}

async function logged(
  log: Logger,
  ctx: Context,
  next: () => Promise<unknown>,
  isFrequent: (ctx: Context) => boolean,
): Promise<void> {
  const start = performance.now();
  await next();
  log[isFrequent(ctx) ? 'debug' : 'info']({
    requestId: ctx.state.requestId,
    method: ctx.method,
    route: routeOf(ctx),
    status: ctx.status,
    ms: Math.round((performance.now() - start) * 10) / 10,
    user: ctx.state.user?.id ?? null,
  });
}

/** The route's pattern; null for a path that no route has, which may hold anything. */
function routeOf(ctx: Context): string | null {
  const route: unknown = ctx['_matchedRoute'];
  return typeof route === 'string' ? route : null;
}

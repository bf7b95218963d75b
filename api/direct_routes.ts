import type { Router } from '@koa/router';
import type { Middleware, State, ViewContext } from './context.js';

type View = (ctx: ViewContext, next: () => Promise<unknown>) => unknown;

/** A route that one look-up finds. */
interface DirectRoute {
  readonly path: string;
  readonly view: View;
}

/**
 * Takes requests for routes without parameters straight to their views. The routers would compare the path with every
 * route they have, and put a chain of functions together, for each request; they are asked about the rest.
 */
export function directRoutes(routers: readonly Router<State>[]): Middleware {
  const routes = new Map<string, Map<string, DirectRoute>>();
  for (const { path, methods, paramNames, stack } of routers.flatMap((router) => router.stack)) {
    const [view, ...more] = stack;
    if (typeof path !== 'string' || paramNames.length > 0 || !view || more.length > 0) continue;
    for (const method of methods) {
      for (const key of [path, `${path}/`]) {
        const byMethod = routes.get(key) ?? new Map<string, DirectRoute>();
        routes.set(key, byMethod);
        if (!byMethod.has(method)) byMethod.set(method, { path, view });
      }
    }
  }
  return (ctx, next) => {
    const route = routes.get(ctx.path)?.get(ctx.method);
    if (!route) return next();
    const found = ctx as unknown as ViewContext;
    // As a router does, for the log and the audit trail.
    found['_matchedRoute'] = route.path;
    found.params = {};
    return route.view(found, next) as Promise<void>;
  };
}

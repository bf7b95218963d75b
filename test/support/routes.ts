import type Koa from 'koa';
import type { Router } from '@koa/router';
import type { State } from '../../api/context.js';

export interface Route {
  /** Never HEAD, which every GET answers too. */
  readonly method: string;
  /** The pattern, such as `/auth/users/:id`. */
  readonly path: string;
}

/** Every route of every router that the application uses: one that is added later is in it by itself. */
export function routesOf(app: Koa<State>): Route[] {
  const routers = app.middleware.map((middleware) => (middleware as { router?: Router<State> }).router);
  return routers.flatMap((router) =>
    (router?.stack ?? []).flatMap(({ methods, path }) =>
      methods.filter((method) => method !== 'HEAD').map((method) => ({ method, path: String(path) })),
    ),
  );
}

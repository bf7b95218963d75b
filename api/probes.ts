import { METHODS } from 'node:http';
import { Router } from '@koa/router';
import type { State } from './context.js';
import { ApiError } from './errors.js';
import type { Readiness } from './services/readiness.js';

/**
 * What a supervisor, an orchestrator or a load balancer asks every second. Anybody may: the answers say nothing that a
 * request to any other path would not.
 */
export function probeRoutes(readiness: Readiness): Router<State> {
  const router = new Router<State>({ sensitive: true, methods: METHODS });

  // Of no store: a database that is away is no reason to restart this process.
  router.get('/live', (ctx) => {
    ctx.body = { status: 'alive' };
  });
  router.get('/ready', async (ctx) => {
    if (!(await readiness.isReady())) throw new ApiError(503, 'not ready', { 'Retry-After': '5' });
    ctx.body = { status: 'ready' };
  });
  return router;
}

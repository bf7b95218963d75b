import { METHODS } from 'node:http';
import { Router } from '@koa/router';
import type { State } from '../context.js';
import * as index from './views/index.js';
import { sessionAuthViews, type SessionAuthViewsOptions } from './views/session_auth.js';
import { usersViews, type UsersViewsOptions } from './views/users.js';

/** Every route of the course API, each with and without a final slash, in exactly this case. */
export function apiRoutes(options: UsersViewsOptions & SessionAuthViewsOptions): Router<State> {
  const users = usersViews(options);
  const session = sessionAuthViews(options);
  // Every method Node knows, so that an unusual one on a known path is 405 and not 501.
  const router = new Router<State>({ prefix: '/api/v1', sensitive: true, methods: METHODS });

  router.get('/status', index.status);
  router.get('/stats', index.stats);
  router.get('/unauthorized', index.unauthorized);
  router.get('/forbidden', index.forbidden);

  router.get('/users', users.list);
  router.post('/users', users.create);
  router.get('/users/me', users.me);
  router.get('/users/:id', users.show);
  router.put('/users/:id', users.update);
  router.delete('/users/:id', users.remove);

  router.post('/auth_session/login', session.login);
  router.delete('/auth_session/logout', session.logout);
  return router;
}

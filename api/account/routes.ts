import { METHODS } from 'node:http';
import { Router } from '@koa/router';
import type { State } from '../context.js';
import { accountViews } from './accounts.js';
import { loginViews } from './login.js';
import type { AccountOptions } from './options.js';
import { sessionViews } from './own_sessions.js';
import { passwordViews } from './password.js';

/** What `POST /register`, `/login` and `/logout` answer programs as well, which send JSON to the pages there. */
export function accountTwins(options: AccountOptions) {
  const { register } = accountViews(options);
  const { login, logout } = loginViews(options);
  return { register, login, logout };
}

/** Every route of the account surface, each with and without a final slash, in exactly this case. */
export function accountRoutes(options: AccountOptions): Router<State> {
  const login = loginViews(options);
  const account = accountViews(options);
  const session = sessionViews(options);
  const password = passwordViews(options);
  const router = new Router<State>({ sensitive: true, methods: METHODS });

  router.post('/auth/register', account.register);
  router.post('/auth/login', login.login);
  router.get('/auth/status', login.status);
  router.post('/auth/logout', login.logout);
  router.get('/auth/csrf', login.csrf);
  if (options.sessions.publicKeys) router.get('/.well-known/jwks.json', login.publicKeys);
  router.get('/protected', login.protectedResource);
  router.get('/protected-resource', login.protectedResource);

  router.get('/auth/sessions', session.list);
  router.delete('/auth/sessions', session.endOthers);
  router.delete('/auth/sessions/:id', session.endOne);
  router.get('/auth/activity', account.activity);
  router.put('/auth/password', password.change);
  router.post('/auth/confirm', password.confirm);
  router.post('/auth/reset', password.reset);
  router.delete('/auth/account', account.remove);

  router.get('/auth/users', account.list);
  router.put('/auth/users/:id', account.change);
  router.get('/auth/users/:id/sessions', session.listOf);
  router.delete('/auth/users/:id/sessions', session.endAllOf);
  return router;
}

import { METHODS } from 'node:http';
import { Router, type RouterMiddleware } from '@koa/router';
import { readForm, speaksJson } from '../body.js';
import type { Context, State } from '../context.js';
import type { ApiError } from '../errors.js';
import { activityPages } from './activity.js';
import { loadAsset } from './assets.js';
import { confirmPages } from './confirm.js';
import { ErrorPage } from './error.js';
import { homePages } from './home.js';
import { loginPages } from './login.js';
import { once } from './once.js';
import type { PageOptions } from './options.js';
import { ownSessionPages } from './own_sessions.js';
import { Pages } from './pages.js';
import { profilePages } from './profile.js';
import { registerPages } from './register.js';
import { resetPages } from './reset.js';
import { userPages } from './user.js';
import { usersPages } from './users.js';

/** The pages for people with a browser, and what the rest of the application must know of them. */
export interface PageRoutes {
  readonly router: Router<State>;
  /** Whether a page is at this address, whatever the method. */
  has(ctx: Context): boolean;
  /** Whether the client is to be told as a page what went wrong. */
  wantsPage(ctx: Context): boolean;
  /** The page for an answer that refuses; null for programs, which get JSON. */
  errorPage(ctx: Context, answer: ApiError): Promise<string | null>;
}

export function pageRoutes(options: PageOptions): PageRoutes {
  const { guard, json, isForPrograms } = options;
  const [stylesheet, icon] = [loadAsset('style.css'), loadAsset('favicon.svg')];
  const pages = new Pages({ ...options, stylesheet });
  const home = homePages(options, pages);
  const login = loginPages(options, pages);
  const register = registerPages(options, pages);
  const profile = profilePages(options, pages);
  const sessions = ownSessionPages(options, pages);
  const activity = activityPages(options, pages);
  const confirm = confirmPages(options, pages);
  const reset = resetPages(options, pages);
  const users = usersPages(options, pages);
  const user = userPages(options, pages);
  const router = new Router<State>({ sensitive: true, methods: METHODS });
  const sent = [wholeForm, once()] as const;

  router.get('/', home.show);
  router.get('/login', login.show);
  router.post('/login', orJson(json.login), ...sent, login.submit);
  router.get('/register', register.show);
  router.post('/register', orJson(json.register), ...sent, register.submit);
  router.post('/logout', orJson(json.logout), ...sent, login.logout);

  router.get('/profile', profile.show);
  router.post('/profile', ...sent, profile.submit);
  router.get('/sessions', sessions.show);
  router.post('/sessions', ...sent, sessions.submit);
  router.get('/activity', activity.show);
  router.get('/confirm', confirm.show);
  router.post('/confirm', ...sent, confirm.submit);
  router.get('/reset', reset.show);
  router.post('/reset', ...sent, reset.submit);
  router.get('/users', users.show);
  router.get('/users/:id', user.show);
  router.post('/users/:id', ...sent, user.submit);

  router.get('/style.css', stylesheet.show);
  router.get('/favicon.svg', icon.show);
  router.get('/favicon.ico', icon.show);

  const has = (ctx: Context) => router.match(ctx.path, ctx.method).path.length > 0;
  const wantsPage = (ctx: Context) => {
    if (isForPrograms(ctx)) return false;
    // A form that is refused gets a page, from whatever client: it came to one.
    if (ctx.method === 'POST' && has(ctx))
      return !speaksJson(ctx) && ctx.accepts(['html', 'json']) === 'html';
    return ctx.accepts(['json', 'html']) === 'html';
  };
  return {
    router,
    has,
    wantsPage,
    async errorPage(ctx, answer) {
      if (!wantsPage(ctx)) return null;
      // Who asks cannot be looked up when that is what failed, and would be waited for a second time.
      const reader = answer.status === 503 ? null : await guard.find(ctx);
      const { requestId } = ctx.state;
      return pages.html(ctx, reader, (view) => (
        <ErrorPage view={view} answer={answer} requestId={requestId} />
      ));
    },
  };
}

/**
 * Waits for all of a form before anybody asks who sends it: it may take minutes to come, and who was logged out or
 * demoted meanwhile must not have their way with it (ASVS 7.4.1, 8.3.2).
 */
const wholeForm: RouterMiddleware<State> = async (ctx, next) => {
  await readForm(ctx);
  await next();
};

/** Lets programs have the answers of /auth under the addresses of pages. */
function orJson(view: RouterMiddleware<State>): RouterMiddleware<State> {
  return (ctx, next) => (speaksJson(ctx) ? view(ctx, next) : next());
}

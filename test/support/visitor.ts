import Koa from 'koa';
import pino from 'pino';
import supertest from 'supertest';
import type { State } from '../../api/context.js';
import { visitor } from '../../api/middleware/visitor.js';
import { csrfBindingOf, CsrfTokens } from '../../api/services/csrf.js';
import type { Keys } from '../../api/services/keys.js';
import { SecureCookies } from '../../api/services/secure_cookies.js';

export type CookieSettings = Pick<
  ConstructorParameters<typeof SecureCookies>[0],
  'production' | 'cookieSecure'
>;

const PLAIN: CookieSettings = { production: false, cookieSecure: 'auto' };

/** An application with nothing but the visitor cookie: GET /token issues a token, /clear forgets the visitor. */
export function visitorApp(
  keys: Keys,
  settings = PLAIN,
): { readonly request: ReturnType<typeof supertest>; readonly lines: readonly string[] } {
  const lines: string[] = [];
  const log = pino({}, { write: (line: string) => lines.push(line) });
  const app = new Koa<State>();
  app.silent = true;
  const tokens = new CsrfTokens(keys.subkey('csrf'));
  app.use(visitor(app, { key: keys.subkey('visitor'), cookies: new SecureCookies({ ...settings, log }) }));
  app.use((ctx) => {
    ctx.body = { session: ctx['session'] };
    if (ctx.path.endsWith('/token')) ctx.body = { token: tokens.issue(csrfBindingOf(ctx, null)) };
    if (ctx.path === '/clear') ctx['session'] = null;
  });
  return { request: supertest(app.callback()), lines };
}

/** A visitor as a browser that was issued a token: the `Cookie` header and the token. */
export async function newVisitor(keys: Keys): Promise<{ readonly cookie: string; readonly token: string }> {
  const response = await visitorApp(keys).request.get('/token');
  const cookie = response.get('Set-Cookie')?.[0]?.split(';')[0] ?? '';
  return { cookie, token: (response.body as { token: string }).token };
}

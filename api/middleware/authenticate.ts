import type { Auth } from '../v1/auth/auth.js';
import { letIn } from '../v1/auth/let_in.js';
import type { Context, Middleware } from '../context.js';

/** What everybody may ask for, by any method. */
const PUBLIC_PATHS = [
  '/api/v1/status/',
  '/api/v1/unauthorized/',
  '/api/v1/forbidden/',
  '/api/v1/auth_session/login/',
  '/live/',
  '/ready/',
];

/** Where a scheme that signs shows its public keys. */
const JWKS_PATH = '/.well-known/jwks.json';

/** Paths that look after themselves: the account routes and the sample resource. */
const OWN_GUARD = /^\/(?:auth|protected|protected-resource)(?:\/|$)/;

/**
 * The gate in front of every request: without a header or cookie to look at 401, with one that is nobody's 403. It
 * comes before routing, so a stranger cannot even learn which paths exist. Without a scheme everything passes.
 * @param isForPeople says which other requests pass: for pages, which look after themselves, or that there is none.
 */
export function authenticate(auth: Auth | null, isForPeople: (ctx: Context) => boolean): Middleware {
  const publicPaths = auth?.publicKeys ? [...PUBLIC_PATHS, JWKS_PATH] : PUBLIC_PATHS;
  return (ctx, next) => {
    ctx.state.user = null;
    const { path } = ctx;
    const isPreflight = ctx.method === 'OPTIONS' && ctx.get('Access-Control-Request-Method') !== '';
    const isOpen = isPreflight || OWN_GUARD.test(path) || isForPeople(ctx);
    return auth && !isOpen && auth.requireAuth(path, publicPaths) ? letIn(auth, ctx, next) : next();
  };
}

import type Koa from 'koa';
import type { Context, Middleware, State } from '../context.js';
import { later } from '../later.js';
import type { Subkey } from '../services/keys.js';
import type { SecureCookies } from '../services/secure_cookies.js';

/** Milliseconds: one day. */
const MAX_AGE = 86_400_000;

// With its schema library (zod) it is a twelfth of all code; the API needs none of it.
const koaSession = later(async () => (await import('koa-session')).default);

export interface VisitorOptions {
  /** The subkey `visitor`. */
  readonly key: Subkey;
  readonly cookies: SecureCookies;
}

/**
 * Keeps `ctx.session`, what is known of a browser before and around its login, in the cookie `visitor`
 * (koa-session). Nothing is sent until something is put into it, and nothing under `/api/v1`, whose login sets the
 * session cookie and no other.
 */
export function visitor(app: Koa<State>, { key, cookies }: VisitorOptions): Middleware {
  const options = {
    key: cookies.nameOf('visitor'),
    maxAge: MAX_AGE,
    // Anew in the second half of its day: a form must not be too old as soon as it is opened.
    renew: true,
    sameSite: 'lax' as const,
    // Signed by ourselves: the package's way takes a second cookie, HMAC-SHA1, and writes while it reads.
    signed: false,
    encode: (data: unknown) => encode(key, data),
    decode: (value: string) => decode(key, value),
    beforeSave: (ctx: Context) => cookies.noteSet(ctx),
  };
  let session: Middleware | null = null;
  const load = async (): Promise<Middleware> => {
    const make = await koaSession();
    return (session ??= make(options, app) as Middleware);
  };
  const loadedFirst = async (next: () => Promise<unknown>): Promise<void> => {
    await load();
    await next();
  };
  return (ctx, next) => {
    if (ctx.path === '/api/v1' || ctx.path.startsWith('/api/v1/')) {
      // Whom a token was made for stands in the cookie, which the package alone can read.
      const isAsked = session === null && ctx.headers['x-csrf-token'] !== undefined;
      return isAsked ? loadedFirst(next) : next();
    }
    // Without this a Secure cookie over plain http, as COOKIE_SECURE=on asks for, would be a 500.
    ctx.cookies.secure = cookies.flagFor(ctx);
    return session ? session(ctx, next) : load().then((loaded) => loaded(ctx, next));
  };
}

function encode(key: Subkey, data: unknown): string {
  const payload = Buffer.from(JSON.stringify(data)).toString('base64url');
  return `${payload}.${key.sign(payload).toString('base64url')}`;
}

/** @throws SyntaxError for anything we did not sign, which the package takes for no cookie at all. */
function decode(key: Subkey, value: string): unknown {
  const [payload = '', signature = ''] = value.split('.');
  if (!key.verify(payload, Buffer.from(signature, 'base64url'))) throw new SyntaxError('not our signature');
  return JSON.parse(Buffer.from(payload, 'base64url').toString());
}

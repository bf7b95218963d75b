import { readFields } from '../body.js';
import type { Context, Middleware, ViewContext } from '../context.js';
import { ApiError, type Problem } from '../errors.js';
import { presentedBindingOf, type CsrfTokens } from '../services/csrf.js';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

const REFUSAL: Problem = {
  code: 'other_site',
  text: 'request from another site refused: its origin is not listed in CORS_ORIGINS',
};

/** Where a request comes from, as browsers say it (Fetch Metadata). */
type Site = 'same-origin' | 'same-site' | 'cross-site' | 'none';

export interface SameOriginOptions {
  readonly corsOrigins: '*' | readonly string[];
  readonly tokens: CsrfTokens;
  /** Whether the request carries our session cookie, good or bad. */
  readonly hasSession: (ctx: Context) => boolean;
  /** The record id of the live session that the request presents, or null. */
  readonly sessionRecordId: (ctx: Context) => Promise<string | null>;
  /** Whether what the request asks for looks at the token itself, as every form does. */
  readonly needsToken: (ctx: Context) => boolean;
}

/**
 * Refuses what another site makes a browser send (CSRF, login CSRF), by the headers that pages cannot forge:
 * `Sec-Fetch-Site`, else `Origin`. A client that sends neither is no browser and has no cookies that others can use.
 * What is under `/api/v1` needs it only with our cookie; all else always.
 */
export function sameOrigin(options: SameOriginOptions): Middleware {
  const checked: Middleware = async (ctx, next) => {
    if (!(await isAllowed(ctx, options))) throw new ApiError(403, REFUSAL);
    await next();
  };
  return (ctx, next) =>
    SAFE_METHODS.has(ctx.method) || !applies(ctx, options) ? next() : checked(ctx, next);
}

function applies(ctx: Context, { hasSession }: SameOriginOptions): boolean {
  const isLogin = ctx.path.startsWith('/api/v1/auth_session/');
  return isLogin || !ctx.path.startsWith('/api/v1/') || hasSession(ctx);
}

async function isAllowed(ctx: Context, options: SameOriginOptions): Promise<boolean> {
  const site = siteOf(ctx);
  // Plain http without Fetch Metadata: a browser that is told to send no referrer hides our own origin from us too.
  if (isHidden(ctx) && options.needsToken(ctx)) return true;
  if (site === 'same-origin' || site === 'none') return true;
  if (isListed(ctx.headers.origin, options.corsOrigins)) return true;
  return site === 'same-site' && hasToken(ctx, options);
}

function isHidden({ headers }: Context): boolean {
  return headers.origin === 'null' && headers['sec-fetch-site'] === undefined;
}

/** `*` lists nobody. */
function isListed(origin: string | undefined, origins: '*' | readonly string[]): boolean {
  return origin !== undefined && origins !== '*' && origins.includes(origin);
}

/** Anything that no browser would say counts as cross-site. */
function siteOf(ctx: Context): Site {
  const site = ctx.headers['sec-fetch-site'];
  if (site === 'same-origin' || site === 'same-site' || site === 'none') return site;
  if (site !== undefined) return 'cross-site';
  // Browsers leave Sec-Fetch-Site out on plain http, old ones always; Origin comes with every unsafe request.
  const { origin } = ctx.headers;
  return origin === undefined ? 'none' : siteOfOrigin(origin, `${ctx.protocol}://${ctx.host}`);
}

/** What a browser would say. Without a list of public suffixes, hosts of one domain count as cross-site. */
function siteOfOrigin(origin: string, own: string): Site {
  if (!URL.canParse(origin) || !URL.canParse(own)) return 'cross-site';
  const [theirs, ours] = [new URL(origin), new URL(own)];
  if (theirs.origin !== origin) return 'cross-site';
  if (theirs.origin === ours.origin) return 'same-origin';
  const isSameHost = theirs.hostname === ours.hostname && theirs.protocol === ours.protocol;
  return isSameHost ? 'same-site' : 'cross-site';
}

/** Looks at the header first: the body is read only when there is none. */
async function hasToken(ctx: Context, { tokens, sessionRecordId }: SameOriginOptions): Promise<boolean> {
  const binding = presentedBindingOf(ctx, await sessionRecordId(ctx));
  if (binding === null) return false;
  const header = ctx.headers['x-csrf-token'];
  if (header !== undefined) return tokens.verify(header, binding);
  const fields = await readFields(ctx as ViewContext);
  return tokens.verify(Object.hasOwn(fields, '_csrf') ? fields['_csrf'] : null, binding);
}

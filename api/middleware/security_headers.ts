import koaHelmet from 'koa-helmet';
import type { Middleware } from '../context.js';
import { fixedHeaders } from './fixed_headers.js';

/** Seconds: one year (ASVS 3.4.1). Subdomains are left out, because they may be somebody else's servers. */
const HSTS_AGE = 31_536_000;

/** No script at all, and nothing from elsewhere: our pages are HTML, one style sheet and pictures. */
const POLICY = {
  defaultSrc: ["'none'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
  baseUri: ["'none'"],
};

const OPTIONS = {
  contentSecurityPolicy: { useDefaults: false, directives: POLICY },
  xContentTypeOptions: true,
  // Set by hand: a page may need another.
  referrerPolicy: false,
  // Looked at for requests without CORS only (Fetch standard): whom CORS allows can read /api/v1 all the same.
  crossOriginResourcePolicy: { policy: 'same-origin' as const },
  crossOriginEmbedderPolicy: false,
  originAgentCluster: false,
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  // What browsers without frame-ancestors would need.
  xFrameOptions: false,
  xPermittedCrossDomainPolicies: false,
  xPoweredBy: false,
  xXssProtection: false,
};

const HTTPS_OPTIONS = {
  ...OPTIONS,
  contentSecurityPolicy: { useDefaults: false, directives: { ...POLICY, upgradeInsecureRequests: [] } },
  crossOriginOpenerPolicy: { policy: 'same-origin' as const },
  strictTransportSecurity: { maxAge: HSTS_AGE, includeSubDomains: false },
};

/** What an answer may have another of: some pages do. Nearly all answers show a user or set a cookie (ASVS 14.3.2). */
const USUAL = [
  ['Cache-Control', 'no-store'],
  ['Referrer-Policy', 'same-origin'],
] as const;

/** Under which no answer has another; as the client wrote it, for no path is known to be good yet. */
const API = '/api/v1/';

/**
 * The headers that tell a browser what our answers may do. On https alone HSTS, the opener policy, which browsers
 * complain about elsewhere, and that pages load nothing over http: on plain http by a name of the local network, that
 * would take their style sheet away.
 */
export function securityHeaders(): Middleware {
  const http = fixedHeaders(
    headersOf(koaHelmet({ ...OPTIONS, crossOriginOpenerPolicy: false, strictTransportSecurity: false })),
  );
  const https = fixedHeaders(headersOf(koaHelmet(HTTPS_OPTIONS)));
  const usual = fixedHeaders(USUAL);
  return (ctx, next) => {
    (ctx.secure ? https : http)(ctx.res);
    if (ctx.req.url?.startsWith(API)) usual(ctx.res);
    else for (const [name, value] of USUAL) ctx.res.setHeader(name, value);
    return next();
  };
}

/**
 * What koa-helmet sets. It is asked once, because the answer is the same for every request and asking costs each of
 * them microseconds.
 */
function headersOf(helmet: ReturnType<typeof koaHelmet>): readonly (readonly [string, string])[] {
  const headers: [string, string][] = [];
  const res = {
    setHeader: (name: string, value: string) => headers.push([name, value]),
    removeHeader: () => {},
  };
  // It writes before it waits for anything.
  void helmet({ req: {}, res } as unknown as Parameters<typeof helmet>[0], async () => {});
  return headers;
}

import Koa from 'koa';
import type { Logger } from 'pino';
import type { Config } from './config.js';
import { speaksJson } from './body.js';
import type { Context, State } from './context.js';
import { accountRoutes, accountTwins } from './account/routes.js';
import { Accounts } from './actions/accounts.js';
import { LoginGuard } from './actions/login_guard.js';
import { Logins } from './actions/logins.js';
import { Passwords } from './actions/passwords.js';
import { authenticate } from './middleware/authenticate.js';
import { directRoutes } from './direct_routes.js';
import { cors } from './middleware/cors.js';
import { denials } from './middleware/denials.js';
import { errorHandler } from './middleware/error_handler.js';
import { requestLog } from './middleware/request_log.js';
import { hasPath, requestTarget } from './middleware/request_target.js';
import { sameOrigin } from './middleware/same_origin.js';
import { securityHeaders } from './middleware/security_headers.js';
import { visitor } from './middleware/visitor.js';
import { LANGUAGES, type Languages } from './pages/messages/languages.js';
import { pageRoutes } from './pages/routes.js';
import { probeRoutes } from './probes.js';
import { useTrustedProxies } from './services/client.js';
import { Credentials } from './services/credentials.js';
import { CsrfTokens } from './services/csrf.js';
import { problemOfEmail } from './services/email_address.js';
import type { Keys } from './services/keys.js';
import { KnownDevices } from './services/known_devices.js';
import { coursePasswordRules, PasswordPolicy } from './services/password_policy.js';
import type { Readiness } from './services/readiness.js';
import type { AuditTrail } from './services/requester.js';
import { Rights } from './services/rights.js';
import { SecureCookies } from './services/secure_cookies.js';
import { SessionCookie } from './services/session_cookie.js';
import { Throttle } from './services/throttle.js';
import type { Auth } from './v1/auth/auth.js';
import { accountSessions, createAuth } from './v1/auth/index.js';
import type { SessionAuth } from './v1/auth/session_auth.js';
import { apiRoutes } from './v1/routes.js';

export interface AppOptions {
  readonly config: Config;
  /** What is signed is signed with these. */
  readonly keys: Keys;
  readonly audit: AuditTrail;
  /** Told when a stop begins. */
  readonly readiness: Readiness;
  readonly log: Logger;
  /** The languages of the pages; those that come with this server unless others are given. */
  readonly languages?: Languages;
}

/** An application, and what of it lives on between requests. */
export interface Gatehouse {
  readonly app: Koa<State>;
  /** The scheme that guards the API, null for the open one; see createAuth. */
  readonly auth: Auth | null;
  /** The sessions of the account routes; see accountSessions. To be swept, and closed at the end. */
  readonly sessions: SessionAuth;
  /** To be swept. */
  readonly throttle: Throttle;
}

/** Puts middleware and routes together: the only place that does. It listens to nothing and reads no environment. */
export function createApp({
  config,
  keys,
  audit,
  readiness,
  log,
  languages = LANGUAGES,
}: AppOptions): Gatehouse {
  const cookies = new SecureCookies({ ...config, log });
  const cookie = new SessionCookie({ name: config.sessionName, secure: cookies });
  const devices = new KnownDevices({ key: keys.subkey('device'), cookies });
  const throttle = new Throttle({ key: keys.subkey('throttle') });
  const credentials = new Credentials({ throttle, devices, audit });
  const auth = createAuth(config, { check: credentials.userOf, keys });
  const sessions = accountSessions(config, auth);
  const logins = new Logins({ sessions, cookie, devices, audit, production: config.production });
  const tokens = new CsrfTokens(keys.subkey('csrf'));
  const rights = new Rights({ ...config, open: auth === null });
  const policy = new PasswordPolicy({ min: config.passwordMin, serviceName: config.serviceName });
  const doors = {
    sessions,
    cookie,
    credentials,
    logins,
    tokens,
    guard: new LoginGuard({ sessions, freshSeconds: config.freshSeconds }),
    passwords: new Passwords({ credentials, devices, logins, policy, audit }),
    accounts: new Accounts({ sessions, cookie, credentials, policy, rights, audit }),
  };
  const account = accountRoutes(doors);
  const probes = probeRoutes(readiness);
  const pages = pageRoutes({
    ...doors,
    serviceName: config.serviceName,
    passwordMin: config.passwordMin,
    languages,
    json: accountTwins(doors),
    isForPrograms: (ctx) =>
      !hasPath(ctx) ||
      isApi(ctx) ||
      [account, probes].some((router) => router.match(ctx.path, ctx.method).path.length > 0),
  });
  const routes = apiRoutes({
    auth,
    credentials,
    logins,
    audit,
    loginErrors: config.loginErrors,
    // The course's exercises take any text for an email.
    problemOfEmail: config.production ? problemOfEmail : () => null,
    passwordRules: coursePasswordRules(config),
    rights,
  });
  const app = new Koa<State>();
  useTrustedProxies(app, config.trustProxy, log);
  app.use(requestLog(log, isProbe));
  app.use(securityHeaders());
  app.use(
    errorHandler({
      log,
      challenge: auth?.challenge ?? null,
      page: pages.errorPage,
      onDenied: denials(audit),
    }),
  );
  app.use(requestTarget);
  app.use(cors(config.corsOrigins));
  app.use(visitor(app, { key: keys.subkey('visitor'), cookies }));
  app.use(
    sameOrigin({
      corsOrigins: config.corsOrigins,
      tokens,
      hasSession: (ctx) => cookie.read(ctx) !== null,
      sessionRecordId: async (ctx) => (await sessions.sessionOf(ctx.request))?.id ?? null,
      needsToken: (ctx) => pages.has(ctx) && !speaksJson(ctx),
    }),
  );
  app.use(authenticate(auth, (ctx) => !isApi(ctx) && (pages.has(ctx) || pages.wantsPage(ctx))));
  app.use(directRoutes([routes, account, probes, pages.router]));
  for (const router of [routes, account, probes, pages.router]) {
    app.use(router.routes());
    app.use(router.allowedMethods());
  }
  // Errors have been answered and logged by the error handler; Koa would print what a broken connection throws.
  app.silent = true;
  return { app, auth, sessions, throttle };
}

/** Whether it was a probe that was answered. */
function isProbe(ctx: Context): boolean {
  const route: unknown = ctx['_matchedRoute'];
  return route === '/live' || route === '/ready';
}

function isApi({ path }: Context): boolean {
  return path === '/api/v1' || path.startsWith('/api/v1/');
}

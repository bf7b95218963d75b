import Koa from 'koa';
import type { Logger } from 'pino';
import type { Config } from './config.js';
import type { State } from './context.js';
import { LoginGuard } from './account/login_guard.js';
import { accountRoutes } from './account/routes.js';
import { authenticate } from './middleware/authenticate.js';
import { cors } from './middleware/cors.js';
import { errorHandler } from './middleware/error_handler.js';
import { noStore } from './middleware/no_store.js';
import { requestLog } from './middleware/request_log.js';
import { requestTarget } from './middleware/request_target.js';
import { sameOrigin } from './middleware/same_origin.js';
import { securityHeaders } from './middleware/security_headers.js';
import { visitor } from './middleware/visitor.js';
import { useTrustedProxies } from './services/client.js';
import { CsrfTokens } from './services/csrf.js';
import type { Keys } from './services/keys.js';
import { coursePasswordRules, PasswordPolicy } from './services/password_policy.js';
import type { AuditTrail } from './services/requester.js';
import { Rights } from './services/rights.js';
import { SecureCookies } from './services/secure_cookies.js';
import { SessionCookie } from './services/session_cookie.js';
import type { Auth } from './v1/auth/auth.js';
import type { SessionAuth } from './v1/auth/session_auth.js';
import { apiRoutes } from './v1/routes.js';

export interface AppOptions {
  readonly config: Config;
  /** The scheme that guards the API, null for the open one; see createAuth. */
  readonly auth: Auth | null;
  /** The sessions of the account routes; see accountSessions. */
  readonly sessions: SessionAuth;
  /** What is signed is signed with these. */
  readonly keys: Keys;
  readonly audit: AuditTrail;
  readonly log: Logger;
}

/** Puts middleware and routes together: the only place that does. It listens to nothing and reads no environment. */
export function createApp({ config, auth, sessions, keys, audit, log }: AppOptions): Koa<State> {
  const cookies = new SecureCookies({ ...config, log });
  const cookie = new SessionCookie({ name: config.sessionName, secure: cookies });
  const tokens = new CsrfTokens(keys.subkey('csrf'));
  const rights = new Rights({ ...config, open: auth === null });
  const account = accountRoutes({
    sessions,
    cookie,
    tokens,
    rights,
    audit,
    guard: new LoginGuard({ sessions, freshSeconds: config.freshSeconds }),
    policy: new PasswordPolicy({ min: config.passwordMin, serviceName: config.serviceName }),
    production: config.production,
  });
  const routes = apiRoutes({
    auth,
    cookie,
    loginErrors: config.loginErrors,
    passwordRules: coursePasswordRules(config),
    rights,
  });
  const app = new Koa<State>();
  useTrustedProxies(app, config.trustProxy, log);
  app.use(requestLog(log));
  app.use(securityHeaders());
  app.use(errorHandler({ log, challenge: auth?.challenge ?? null }));
  app.use(noStore);
  app.use(requestTarget);
  app.use(cors(config.corsOrigins));
  app.use(visitor(app, { key: keys.subkey('visitor'), cookies }));
  app.use(
    sameOrigin({
      corsOrigins: config.corsOrigins,
      tokens,
      hasSession: (ctx) => cookie.read(ctx) !== null,
      sessionRecordId: async (ctx) => (await sessions.sessionOf(ctx.request))?.id ?? null,
    }),
  );
  app.use(authenticate(auth));
  for (const router of [routes, account]) {
    app.use(router.routes());
    app.use(router.allowedMethods());
  }
  // Errors have been answered and logged by the error handler; Koa would print what a broken connection throws.
  app.silent = true;
  return app;
}

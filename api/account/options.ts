import type { CsrfTokens } from '../services/csrf.js';
import type { PasswordPolicy } from '../services/password_policy.js';
import type { AuditTrail } from '../services/requester.js';
import type { Rights } from '../services/rights.js';
import type { SessionCookie } from '../services/session_cookie.js';
import type { SessionAuth } from '../v1/auth/session_auth.js';
import type { LoginGuard } from './login_guard.js';

/** What the account views are made of. */
export interface AccountOptions {
  readonly sessions: SessionAuth;
  readonly guard: LoginGuard;
  readonly cookie: SessionCookie;
  readonly policy: PasswordPolicy;
  readonly rights: Rights;
  readonly audit: AuditTrail;
  readonly tokens: CsrfTokens;
  /** True in production: a logout then tells the browser to drop what it has cached. */
  readonly production: boolean;
}

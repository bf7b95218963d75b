import type { Credentials } from '../services/credentials.js';
import type { CsrfTokens } from '../services/csrf.js';
import type { KnownDevices } from '../services/known_devices.js';
import type { PasswordPolicy } from '../services/password_policy.js';
import type { AuditTrail } from '../services/requester.js';
import type { Rights } from '../services/rights.js';
import type { SessionCookie } from '../services/session_cookie.js';
import type { LoginGuard } from '../v1/auth/login_guard.js';
import type { Logins } from '../v1/auth/logins.js';
import type { SessionAuth } from '../v1/auth/session_auth.js';

/** What the account views are made of. */
export interface AccountOptions {
  readonly sessions: SessionAuth;
  readonly guard: LoginGuard;
  readonly logins: Logins;
  readonly credentials: Credentials;
  readonly devices: KnownDevices;
  readonly cookie: SessionCookie;
  readonly policy: PasswordPolicy;
  readonly rights: Rights;
  readonly audit: AuditTrail;
  readonly tokens: CsrfTokens;
}

import type { Accounts } from '../actions/accounts.js';
import type { LoginGuard } from '../actions/login_guard.js';
import type { Logins } from '../actions/logins.js';
import type { Passwords } from '../actions/passwords.js';
import type { Credentials } from '../services/credentials.js';
import type { CsrfTokens } from '../services/csrf.js';
import type { SessionCookie } from '../services/session_cookie.js';
import type { SessionAuth } from '../v1/auth/session_auth.js';

/** What the account views are made of. */
export interface AccountOptions {
  readonly sessions: SessionAuth;
  readonly guard: LoginGuard;
  readonly logins: Logins;
  readonly passwords: Passwords;
  readonly accounts: Accounts;
  readonly credentials: Credentials;
  readonly cookie: SessionCookie;
  readonly tokens: CsrfTokens;
}

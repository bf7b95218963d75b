import type { Credentials } from '../services/credentials.js';
import type { CsrfTokens } from '../services/csrf.js';
import type { SessionCookie } from '../services/session_cookie.js';
import type { SessionAuth } from '../v1/auth/session_auth.js';
import type { Accounts } from './accounts.js';
import type { LoginGuard } from './login_guard.js';
import type { Logins } from './logins.js';
import type { Passwords } from './passwords.js';

/** What every door to an account is made of: the JSON routes under `/auth` and the pages alike. */
export interface Doors {
  readonly sessions: SessionAuth;
  readonly guard: LoginGuard;
  readonly logins: Logins;
  readonly passwords: Passwords;
  readonly accounts: Accounts;
  readonly credentials: Credentials;
  readonly cookie: SessionCookie;
  readonly tokens: CsrfTokens;
}

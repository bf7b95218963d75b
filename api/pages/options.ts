import type { Accounts } from '../actions/accounts.js';
import type { LoginGuard } from '../actions/login_guard.js';
import type { Logins } from '../actions/logins.js';
import type { Passwords } from '../actions/passwords.js';
import type { Context, ViewContext } from '../context.js';
import type { Credentials } from '../services/credentials.js';
import type { CsrfTokens } from '../services/csrf.js';
import type { SessionCookie } from '../services/session_cookie.js';
import type { SessionAuth } from '../v1/auth/session_auth.js';
import type { Languages } from './messages/languages.js';

type View = (ctx: ViewContext) => Promise<void>;

/** What the pages are made of. */
export interface PageOptions {
  readonly sessions: SessionAuth;
  readonly guard: LoginGuard;
  readonly logins: Logins;
  readonly passwords: Passwords;
  readonly accounts: Accounts;
  readonly credentials: Credentials;
  readonly cookie: SessionCookie;
  readonly tokens: CsrfTokens;
  readonly serviceName: string;
  /** Characters that a new password must have. */
  readonly passwordMin: number;
  readonly languages: Languages;
  /** What answers the same addresses when a program sends JSON there. */
  readonly json: { readonly register: View; readonly login: View; readonly logout: View };
  /** Whether an address is one of programs, which get their errors as JSON. */
  readonly isForPrograms: (ctx: Context) => boolean;
}

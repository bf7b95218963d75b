import type { AuthType } from '../../config.js';
import type { Keys } from '../../services/keys.js';
import { Auth } from './auth.js';
import { BasicAuth, type PasswordCheck } from './basic_auth.js';
import { JwtAuth } from './jwt_auth.js';
import { SessionAuth } from './session_auth.js';
import { SessionDBAuth } from './session_db_auth.js';
import { SessionExpAuth } from './session_exp_auth.js';

/** What of the configuration decides the scheme. */
export interface AuthConfig {
  readonly authType: AuthType | null;
  readonly sessionName: string;
  readonly sessionDuration: number;
  readonly sessionIdle: number;
  readonly maxSessions: number;
  readonly jwt: { readonly issuer: string; readonly audience: string };
}

/** What schemes need besides the configuration; without it they are good for trying out. */
export interface AuthTools {
  /** Asked about passwords that come with requests. */
  readonly check?: PasswordCheck;
  readonly keys?: Keys;
}

/** The scheme that `AUTH_TYPE` names, null for the open API: the only place that looks at it. */
export function createAuth(config: AuthConfig, { check, keys }: AuthTools = {}): Auth | null {
  const options = optionsOf(config);
  switch (config.authType) {
    case null:
      return null;
    case 'auth':
      return new Auth(options);
    case 'basic_auth':
      return new BasicAuth({ ...options, ...(check && { check }) });
    case 'session_auth':
      return new SessionAuth(options);
    case 'session_exp_auth':
      return new SessionExpAuth(options);
    case 'session_db_auth':
      return new SessionDBAuth(options);
    case 'jwt_auth':
      return new JwtAuth({ ...options, ...config.jwt, ...(keys && { key: keys.subkey('jwt') }) });
  }
}

/** The sessions of the account routes: the scheme's own, or stored ones where it has none. */
export function accountSessions(config: AuthConfig, auth: Auth | null): SessionAuth {
  return auth?.sessions ?? new SessionDBAuth(optionsOf(config));
}

/** What must be known of sessions before the storage is opened. */
export function sessionTerms(config: AuthConfig): {
  /** Whether the sessions are to outlive the process. */
  readonly durableSessions: boolean;
  /** Seconds that one lives which is not to be remembered. */
  readonly sessionLifetime: number;
} {
  const { durableSessions, lifetime } = accountSessions(config, createAuth(config));
  return { durableSessions, sessionLifetime: lifetime };
}

function optionsOf(config: AuthConfig) {
  return {
    cookieName: config.sessionName,
    idleSeconds: config.sessionIdle,
    sessionDuration: config.sessionDuration,
    maxSessions: config.maxSessions,
  };
}

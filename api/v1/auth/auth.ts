import { parseCookie } from 'cookie';
import type { JWK } from 'jose';
import type { User } from '../../../models/user.js';
import type { ClientRequest } from '../../services/requester.js';
import type { SessionAuth } from './session_auth.js';

/** What a scheme needs to see of a request. */
export type AuthRequest = ClientRequest;

/** A JWK Set (RFC 7517). */
export interface PublicKeys {
  readonly keys: readonly JWK[];
}

/** The scheme that lets nobody in, and the base of all others: where credentials are looked for. */
export class Auth {
  readonly #cookieName: string;

  constructor(options: { cookieName: string }) {
    this.#cookieName = options.cookieName;
  }

  /** What a 401 answer offers in `WWW-Authenticate` (RFC 9110, section 11.6.1), or null. */
  get challenge(): string | null {
    return null;
  }

  /** The scheme as one that has sessions, or null when it has none. */
  get sessions(): SessionAuth | null {
    return null;
  }

  /** The keys with which others can verify what clients present; null when that is nothing signed. */
  get publicKeys(): PublicKeys | null {
    return null;
  }

  /** True when sessions are to outlive the process. */
  get durableSessions(): boolean {
    return false;
  }

  /**
   * Whether a path needs credentials: true unless it is listed, with or without its final slash. An entry that ends
   * in `*` lists every path that begins like it.
   */
  requireAuth(path: string | null, excludedPaths: readonly string[] | null): boolean {
    if (path === null || excludedPaths === null) return true;
    const wanted = withSlash(path);
    return !excludedPaths.some((entry) =>
      entry.endsWith('*') ? path.startsWith(entry.slice(0, -1)) : withSlash(entry) === wanted,
    );
  }

  /** The `Authorization` header as it was sent, or null. */
  authorizationHeader(request: AuthRequest | null = null): string | null {
    return request?.headers.authorization ?? null;
  }

  /** The value of the session cookie, the first of several, or null. */
  sessionCookie(request: AuthRequest | null = null): string | null {
    const header = request?.headers.cookie;
    return header === undefined ? null : (parseCookie(header)[this.#cookieName] ?? null);
  }

  /** The user whom the request's credentials belong to, or null; a disabled one is nobody. */
  async currentUser(_request: AuthRequest | null = null): Promise<User | null> {
    return null;
  }

  /** Ends what the scheme does in the background. */
  async close(): Promise<void> {}
}

function withSlash(path: string): string {
  return path.endsWith('/') ? path : `${path}/`;
}

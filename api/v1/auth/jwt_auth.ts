import { hash, type KeyObject } from 'node:crypto';
import type { JWTHeaderParameters } from 'jose';
import { LRUCache } from 'lru-cache';
import { currentTime } from '../../../models/base.js';
import { UserSession } from '../../../models/user_session.js';
import { Keys, type Subkey } from '../../services/keys.js';
import type { AuthRequest, PublicKeys } from './auth.js';
import { JwtKeys } from './jwt_keys.js';
import type { SessionOptions } from './session_auth.js';
import { SessionDBAuth } from './session_db_auth.js';

/** One algorithm, and a type of our own, so that no token made for something else passes (RFC 8725, 3.1 and 3.11). */
const ALGORITHM = 'EdDSA';
const TYPE = 'session+jwt';
/** Loaded when it is needed: the other schemes start without it. */
const jose = () => import('jose');
/** All that a header of ours has; whatever else would have a key fetched or chosen (`jku`, `jwk`, `x5u`). */
const HEADER = new Set(['alg', 'kid', 'typ']);
const TOKEN = /^[\w-]+\.[\w-]+\.[\w-]+$/;
const BEARER = /^Bearer +(\S+)$/i;
/** Tokens whose signature is not checked again, and how long the text of one may be (a cookie's 4,096 bytes). */
const CACHED = 10_000;
const LONGEST = 4096;

export interface JwtOptions extends SessionOptions {
  readonly sessionDuration: number;
  readonly issuer: string;
  readonly audience: string;
  /** The subkey `jwt`; without one, keys that end with the process. */
  readonly key?: Subkey;
}

/** What is read from a token. */
interface Claims {
  /** The session's id. */
  readonly jti: string;
  /** The user's id. */
  readonly sub: string;
  /** Seconds since 1970. */
  readonly exp: number;
}

/**
 * Sessions whose credential is a signed token (RFC 7519), which other services can verify by themselves. Here its
 * `jti` is the session's id and is looked up every time: a token that was logged out is refused at once, not when it
 * expires.
 */
export class JwtAuth extends SessionDBAuth {
  readonly #issuer: string;
  readonly #audience: string;
  readonly #keys: JwtKeys;
  /** By the digest of the token: a signature takes 200 us to check, a look-up less than one. */
  readonly #verified = new LRUCache<string, Claims>({ max: CACHED });

  constructor({ issuer, audience, key, ...options }: JwtOptions) {
    super(options);
    this.#issuer = issuer;
    this.#audience = audience;
    this.#keys = new JwtKeys(key ?? Keys.random().subkey('jwt'));
  }

  override get challenge(): string {
    return 'Bearer realm="Gatehouse"';
  }

  override get publicKeys(): PublicKeys {
    return this.#keys.publicKeys;
  }

  /** The token of `Authorization: Bearer` (RFC 6750), else the cookie's. */
  override credentialOf(request: AuthRequest | null = null): string | null {
    const bearer = BEARER.exec(this.authorizationHeader(request) ?? '')?.[1];
    return bearer ?? this.sessionCookie(request);
  }

  protected override async credentialFor(session: UserSession, sessionId: string): Promise<string> {
    const { kid, privateKey } = this.#keys.current;
    const now = Math.floor(currentTime() / 1000);
    // The session is good until its last millisecond, the token until before `exp`.
    const end = Math.floor(this.expiryOf(session).getTime() / 1000) + 1;
    const { SignJWT } = await jose();
    return new SignJWT()
      .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid })
      .setIssuer(this.#issuer)
      .setAudience(this.#audience)
      .setSubject(session.user_id)
      .setJti(sessionId)
      .setIssuedAt(now)
      .setNotBefore(now)
      .setExpirationTime(end)
      .sign(privateKey);
  }

  protected override async sessionFor(token: string): Promise<UserSession | null> {
    const claims = await this.#claimsOf(token);
    const session = claims && (await UserSession.findBySessionId(claims.jti));
    return session?.user_id === claims?.sub ? session : null;
  }

  async #claimsOf(token: string): Promise<Claims | null> {
    if (token.length > LONGEST || !TOKEN.test(token)) return null;
    const key = hash('sha256', token, 'base64url');
    const known = this.#verified.get(key);
    if (known) return currentTime() < known.exp * 1000 ? known : null;
    const claims = await this.#verify(token);
    if (claims) this.#verified.set(key, claims);
    return claims;
  }

  /** The claims of a token that we signed and that is good now, to the second (ASVS 9.1, 9.2); else null. */
  async #verify(token: string): Promise<Claims | null> {
    const { errors, jwtVerify } = await jose();
    try {
      const { payload } = await jwtVerify(
        token,
        (header) => this.#keyFor(header) ?? Promise.reject(new errors.JWKSNoMatchingKey()),
        {
          algorithms: [ALGORITHM],
          typ: TYPE,
          issuer: this.#issuer,
          audience: this.#audience,
          requiredClaims: ['sub', 'jti', 'iat', 'nbf', 'exp'],
          currentDate: new Date(currentTime()),
          clockTolerance: 0,
        },
      );
      const { sub, jti, exp } = payload;
      return typeof sub === 'string' && typeof jti === 'string' && exp !== undefined
        ? { sub, jti, exp }
        : null;
    } catch (error) {
      if (error instanceof errors.JOSEError) return null;
      throw error;
    }
  }

  /** The key that a header names; null for one of ours that has anything else in it, and for any other. */
  #keyFor(header: JWTHeaderParameters): KeyObject | null {
    const isOurs = Object.keys(header).every((member) => HEADER.has(member));
    return isOurs ? (this.#keys.find(header.kid)?.publicKey ?? null) : null;
  }
}

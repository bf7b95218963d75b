import { createHmac, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { currentTime } from '../../../models/base.js';
import { User } from '../../../models/user.js';
import { checkPassword } from '../../services/credentials.js';
import { Auth, type AuthRequest } from './auth.js';

const SCHEME = 'Basic ';
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
/** A verified header is believed for this long (milliseconds), and so many at once. */
const CACHE = { ttl: 60_000, max: 10_000 };

/** Finds out whose email and password these are; null when they are nobody's. */
export type PasswordCheck = (request: AuthRequest, email: string, password: string) => Promise<User | null>;

export interface BasicOptions {
  readonly cookieName: string;
  /** What stands behind every way in: a throttle and an audit trail. Without it passwords are just compared. */
  readonly check?: PasswordCheck;
}

/**
 * HTTP Basic (RFC 7617): email and password with every request.
 *
 * A password hash per request would let anybody stop the server with a few requests, so headers that were right are
 * remembered for a minute, as HMACs under a key that exists only in this process. A hit counts only while the user's
 * password is still the one that was checked.
 */
export class BasicAuth extends Auth {
  readonly #key = randomBytes(32);
  readonly #verified = new LRUCache<string, User>({ ...CACHE, ttlResolution: 0, perf: { now: currentTime } });
  readonly #checking = new Map<string, Promise<User | null>>();
  readonly #check: PasswordCheck;

  constructor({ check = justCompare, ...options }: BasicOptions) {
    super(options);
    this.#check = check;
  }

  override get challenge(): string {
    return 'Basic realm="Gatehouse", charset="UTF-8"';
  }

  /** What follows `Basic ` in an `Authorization` header, or null for anything else. */
  extractBase64AuthorizationHeader(header: unknown): string | null {
    return typeof header === 'string' && header.startsWith(SCHEME) ? header.slice(SCHEME.length) : null;
  }

  /** The text that a Base64 text stands for; null unless it is valid Base64 of valid UTF-8. */
  decodeBase64AuthorizationHeader(encoded: unknown): string | null {
    // Buffer alone would skip what is no Base64, and replace what is no UTF-8.
    if (typeof encoded !== 'string' || !BASE64.test(encoded)) return null;
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
        Buffer.from(encoded, 'base64'),
      );
    } catch {
      return null;
    }
  }

  /** Email and password from `email:password`; the password may contain colons. A pair of nulls without a colon. */
  extractUserCredentials(decoded: unknown): [email: string, password: string] | [null, null] {
    const colon = typeof decoded === 'string' ? decoded.indexOf(':') : -1;
    if (typeof decoded !== 'string' || colon < 0) return [null, null];
    return [decoded.slice(0, colon), decoded.slice(colon + 1)];
  }

  /** The user with this email and password, or null. */
  async userObjectFromCredentials(
    email: unknown,
    password: unknown,
    request: AuthRequest | null = null,
  ): Promise<User | null> {
    if (typeof email !== 'string' || typeof password !== 'string') return null;
    return this.#check(request ?? { headers: {} }, email, password);
  }

  override async currentUser(request: AuthRequest | null = null): Promise<User | null> {
    const encoded = this.extractBase64AuthorizationHeader(this.authorizationHeader(request));
    if (encoded === null) return null;
    const key = createHmac('sha256', this.#key).update(encoded).digest('base64');
    return (await this.#remembered(key)) ?? this.#checkOnce(key, encoded, request);
  }

  async #remembered(key: string): Promise<User | null> {
    const verified = this.#verified.get(key);
    const user = verified && (await User.get(verified.id));
    return user?.hasSamePasswordAs(verified as User) && !user.disabled ? user : null;
  }

  /** A page that sends ten requests at once costs one hash, not ten. */
  async #checkOnce(key: string, encoded: string, request: AuthRequest | null): Promise<User | null> {
    let check = this.#checking.get(key);
    if (!check) {
      check = this.#userOf(encoded, request).finally(() => this.#checking.delete(key));
      this.#checking.set(key, check);
    }
    const user = await check;
    if (user) this.#verified.set(key, user);
    return user;
  }

  async #userOf(encoded: string, request: AuthRequest | null): Promise<User | null> {
    const decoded = this.decodeBase64AuthorizationHeader(encoded);
    const [email, password] = this.extractUserCredentials(decoded);
    return this.userObjectFromCredentials(email, password, request);
  }
}

async function justCompare({ ip }: AuthRequest, email: string, password: string): Promise<User | null> {
  return checkPassword(await User.findByEmail(email), password, ip);
}

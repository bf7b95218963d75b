import { randomBytes } from 'node:crypto';
import type { Context } from '../context.js';
import type { Subkey } from './keys.js';
import { visitorOf, visitorSecretOf } from './visitor.js';

const SALT_BYTES = 16;
const MAC_BYTES = 32;
/** Base64url of salt and HMAC, which needs no padding. */
const TOKEN = /^[\w-]{64}$/;

/**
 * Tokens that prove a form came from a page of ours: an HMAC over whom it was made for (OWASP's signed double submit
 * without the cookie: the binding is in the session). Each one has a salt of its own, so that no two are alike and
 * compressed answers tell nothing of them (BREACH).
 */
export class CsrfTokens {
  readonly #key: Subkey;

  /** @param key the subkey `csrf`. */
  constructor(key: Subkey) {
    this.#key = key;
  }

  /** A new token, 64 characters of base64url, good as long as its binding and the key are. */
  issue(binding: string): string {
    const salt = randomBytes(SALT_BYTES);
    return Buffer.concat([salt, this.#sign(salt, binding)]).toString('base64url');
  }

  /** Whether a token, of whatever type it came as, was issued for this binding; never for null. */
  verify(token: unknown, binding: string | null): boolean {
    if (binding === null || typeof token !== 'string' || !TOKEN.test(token)) return false;
    const bytes = Buffer.from(token, 'base64url');
    const data = Buffer.concat([bytes.subarray(0, SALT_BYTES), Buffer.from(binding)]);
    return this.#key.verify(data, bytes.subarray(SALT_BYTES, SALT_BYTES + MAC_BYTES));
  }

  #sign(salt: Buffer, binding: string): Buffer {
    return this.#key.sign(Buffer.concat([salt, Buffer.from(binding)]));
  }
}

/**
 * What to bind a token to that is about to be issued: the session's record, or before login a secret of the
 * visitor's, which is made when there is none yet and then sent in the visitor cookie.
 * @param sessionRecordId the `id` of the live session, which stays when its credential is renewed; null: none.
 */
export function csrfBindingOf(ctx: Context, sessionRecordId: string | null): string {
  return sessionRecordId === null ? `visitor:${visitorSecretOf(ctx)}` : `session:${sessionRecordId}`;
}

/** What a token that came with a request must be bound to; null when nothing was ever issued to this visitor. */
export function presentedBindingOf(ctx: Context, sessionRecordId: string | null): string | null {
  if (sessionRecordId !== null) return `session:${sessionRecordId}`;
  const { csrf } = visitorOf(ctx);
  return csrf === undefined ? null : `visitor:${csrf}`;
}

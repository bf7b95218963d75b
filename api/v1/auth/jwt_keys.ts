import { createPrivateKey, createPublicKey, hash, type KeyObject } from 'node:crypto';
import type { JWK } from 'jose';
import type { Subkey } from '../../services/keys.js';

/** What comes before the 32 bytes of an Ed25519 private key in PKCS #8 (RFC 8410, section 7). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A pair of Ed25519 keys (RFC 8037), by the name that tokens have it under. */
export interface JwtKey {
  /** The thumbprint of the public key (RFC 7638). */
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** The public key for whoever verifies offline. */
  readonly jwk: JWK;
}

/** The keys that tokens are signed with: one pair for each secret of the keys file, made from it. */
export class JwtKeys {
  /** The newest: it signs. */
  readonly current: JwtKey;
  readonly #byId: ReadonlyMap<string, JwtKey>;

  /** @param subkey the subkey `jwt`. */
  constructor(subkey: Subkey) {
    const keys = subkey.keys.map(keyFrom);
    this.current = keys[0] as JwtKey;
    this.#byId = new Map(keys.map((key) => [key.kid, key]));
  }

  /** The key of this name, which may be an old one; null for any other. */
  find(kid: unknown): JwtKey | null {
    return typeof kid === 'string' ? (this.#byId.get(kid) ?? null) : null;
  }

  /** The public keys, newest first, as a JWK Set (RFC 7517, section 5). */
  get publicKeys(): { readonly keys: readonly JWK[] } {
    return { keys: [...this.#byId.values()].map(({ jwk }) => jwk) };
  }
}

function keyFrom(seed: Buffer): JwtKey {
  const privateKey = createPrivateKey({
    key: Buffer.concat([PKCS8_HEAD, seed]),
    format: 'der',
    type: 'pkcs8',
  });
  const publicKey = createPublicKey(privateKey);
  const { crv, kty, x } = publicKey.export({ format: 'jwk' });
  // The required members in alphabetical order and no spaces (RFC 7638, section 3).
  const kid = hash('sha256', JSON.stringify({ crv, kty, x }), 'base64url');
  const jwk = { kty, crv, x, kid, use: 'sig', alg: 'EdDSA' } as JWK;
  return { kid, privateKey, publicKey, jwk };
}

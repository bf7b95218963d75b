import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';

/** Bytes of a key that we make, and of each one derived from it. */
const KEY_BYTES = 32;

/** The keys for one purpose: newest first, each derived from one of the secrets. */
export class Subkey {
  /** Newest first; never empty. For what signs by itself, as JWT does. */
  readonly keys: readonly Buffer[];

  constructor(keys: readonly Buffer[]) {
    this.keys = keys;
  }

  /** HMAC-SHA256 under the newest key. */
  sign(data: string | Buffer): Buffer {
    return hmac(this.keys[0] as Buffer, data);
  }

  /** Whether any of the keys signed this; takes as long whatever is wrong with a signature of the right length. */
  verify(data: string | Buffer, signature: Buffer): boolean {
    let isRight = false;
    for (const key of this.keys) {
      const expected = hmac(key, data);
      if (expected.length === signature.length && timingSafeEqual(expected, signature)) isRight = true;
    }
    return isRight;
  }
}

/**
 * The secrets that everything is signed with. Each purpose has keys of its own (HKDF, RFC 5869), so that what was
 * signed for one is worth nothing for another.
 */
export class Keys {
  readonly #secrets: readonly Buffer[];
  readonly #subkeys = new Map<string, Subkey>();

  /** @param secrets newest first: it signs, all of them verify. */
  constructor(secrets: readonly Buffer[]) {
    if (secrets.length === 0) throw new Error('there must be a key');
    this.#secrets = secrets;
  }

  /** Keys that nobody else has and that end with the process. */
  static random(): Keys {
    return new Keys([randomBytes(KEY_BYTES)]);
  }

  /** The keys for one purpose, such as `csrf`. */
  subkey(purpose: string): Subkey {
    let subkey = this.#subkeys.get(purpose);
    if (!subkey) {
      subkey = new Subkey(this.#secrets.map((secret) => derive(secret, purpose)));
      this.#subkeys.set(purpose, subkey);
    }
    return subkey;
  }
}

function derive(secret: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `gatehouse ${purpose}`, KEY_BYTES));
}

function hmac(key: Buffer, data: string | Buffer): Buffer {
  return createHmac('sha256', key).update(data).digest();
}

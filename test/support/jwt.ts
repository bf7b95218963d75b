import { createHmac, createPrivateKey, sign, type KeyObject } from 'node:crypto';
import type { Keys } from '../../api/services/keys.js';
import { JwtKeys } from '../../api/v1/auth/jwt_keys.js';

type Part = Readonly<Record<string, unknown>>;

function encode(part: Part | string): string {
  return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');
}

/** A token of an application taken apart, to be put together otherwise: by hand, as an attacker does. */
export class Forge {
  readonly header: Part;
  readonly payload: Part;
  readonly signature: string;
  readonly #key: KeyObject;

  /** @param keys those of the application, for tokens whose signature is right and whose claims are not. */
  constructor(token: string, keys: Keys) {
    const [header = '', payload = '', signature = ''] = token.split('.');
    this.header = JSON.parse(Buffer.from(header, 'base64url').toString()) as Part;
    this.payload = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Part;
    this.signature = signature;
    this.#key = new JwtKeys(keys.subkey('jwt')).current.privateKey;
  }

  /** With other members of header and payload, signed rightly unless another key is given. */
  signed(header: Part, payload: Part, key: KeyObject = this.#key): string {
    const data = this.#data(header, payload);
    return `${data}.${sign(null, Buffer.from(data), key).toString('base64url')}`;
  }

  /** Signed as HMAC with a secret of the attacker's choice. */
  hmac(header: Part, payload: Part, secret: string | Buffer): string {
    const data = this.#data(header, payload);
    return `${data}.${createHmac('sha256', secret).update(data).digest('base64url')}`;
  }

  /** With any signature, or none. */
  withSignature(header: Part, payload: Part, signature: string): string {
    return `${this.#data(header, payload)}.${signature}`;
  }

  #data(header: Part, payload: Part): string {
    return `${encode({ ...this.header, ...header })}.${encode({ ...this.payload, ...payload })}`;
  }
}

/** A key pair that is nobody's, as RFC 8037 appendix A.1 prints it. */
export const FOREIGN_KEY = createPrivateKey({
  key: {
    kty: 'OKP',
    crv: 'Ed25519',
    d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
    x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
  },
  format: 'jwk',
});

import { SignJWT } from 'jose';
import { CsrfTokens } from '../../../api/services/csrf.js';
import { Keys } from '../../../api/services/keys.js';
import { JwtKeys } from '../../../api/v1/auth/jwt_keys.js';

type Row = Readonly<Record<string, unknown>>;

/** Makes what the server signs, with its own keys: for a thief who has `keys.json` and this source. */
export class Forger {
  readonly #keys: Keys;

  /** @param text the content of `keys.json`. */
  constructor(text: string) {
    const { keys } = JSON.parse(text) as { keys: { secret: string }[] };
    this.#keys = new Keys(keys.map(({ secret }) => Buffer.from(secret, 'base64url')));
  }

  /** Every text as a cookie that is signed for one of our purposes, as it is and as a record. */
  cookies(claims: readonly string[]): string[] {
    return ['session', 'visitor', 'csrf', 'device', ''].flatMap((purpose) =>
      claims.flatMap((claim) => [this.#signed(purpose, claim), this.#signed(purpose, recordOf(claim))]),
    );
  }

  /** Tokens of jwt_auth for a user, with every text as the session's id. */
  async tokens(userId: string, claims: readonly string[]): Promise<string[]> {
    const { kid, privateKey } = new JwtKeys(this.#keys.subkey('jwt')).current;
    const tokens = claims.map((claim) =>
      new SignJWT()
        .setProtectedHeader({ alg: 'EdDSA', typ: 'session+jwt', kid })
        .setIssuer('gatehouse')
        .setAudience('gatehouse')
        .setSubject(userId)
        .setJti(claim)
        .setIssuedAt()
        .setNotBefore('0s')
        .setExpirationTime('1h')
        .sign(privateKey),
    );
    return Promise.all(tokens);
  }

  /** A form token for a session, by the id of its record. */
  formToken(recordId: string): string {
    return new CsrfTokens(this.#keys.subkey('csrf')).issue(`session:${recordId}`);
  }

  /** A device cookie for a user. */
  device(user: Row): string {
    const [id, end] = ['forged'.padEnd(21, '-'), (Math.floor(Date.now() / 1000) + 3600).toString(36)];
    const text = JSON.stringify([user['id'], user['password_changed_at'], id, end]);
    return `${id}.${end}.${this.#keys.subkey('device').sign(text).toString('base64url')}`;
  }

  #signed(purpose: string, text: string): string {
    return `${text}.${this.#keys.subkey(purpose).sign(text).toString('base64url')}`;
  }
}

function recordOf(claim: string): string {
  return Buffer.from(JSON.stringify({ user_id: claim, session_id: claim })).toString('base64url');
}

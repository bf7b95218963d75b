import { nanoid } from 'nanoid';
import { parseCookie, stringifySetCookie } from 'cookie';
import { currentTime } from '../../models/base.js';
import type { User } from '../../models/user.js';
import type { Context } from '../context.js';
import type { Subkey } from './keys.js';
import type { ClientRequest } from './requester.js';
import type { SecureCookies } from './secure_cookies.js';

/** Seconds for which a device stays known after a login: 180 days. */
const LIFETIME = 180 * 86_400;
/** Id, end (seconds since 1970, base 36) and HMAC. */
const VALUE = /^([\w-]{21})\.([\da-z]{1,8})\.([\w-]{43})$/;

/**
 * Devices on which somebody has logged in before, told by a cookie. It opens nothing: with it the throttle counts the
 * device's own wrong tries only, so that strangers cannot shut an owner out (OWASP's device cookies). It is good
 * for one user, until the password changes.
 */
export class KnownDevices {
  readonly #key: Subkey;
  readonly #cookies: SecureCookies;
  readonly #name: string;

  /** @param options.key the subkey `device`. */
  constructor({ key, cookies }: { readonly key: Subkey; readonly cookies: SecureCookies }) {
    this.#key = key;
    this.#cookies = cookies;
    this.#name = cookies.nameOf('device');
  }

  /** The id of the device that the request comes from, if it is known for this user; else null. */
  idOf(request: ClientRequest, user: User | null): string | null {
    const { cookie } = request.headers;
    const value = cookie === undefined ? undefined : parseCookie(cookie)[this.#name];
    const [, id = '', end = '', mac = ''] = VALUE.exec(value ?? '') ?? [];
    const isOver = Number.parseInt(end, 36) * 1000 < currentTime();
    // Checked for nobody too: whether somebody has the email must not show in the time it takes.
    const isRight = this.#key.verify(signedText(user, id, end), Buffer.from(mac, 'base64url'));
    return user && isRight && !isOver ? id : null;
  }

  /** Makes the device known for this user from now on. One that is known keeps its id, and so its own delays. */
  remember(ctx: Context, user: User): void {
    const id = this.idOf(ctx, user) ?? nanoid();
    const end = (Math.floor(currentTime() / 1000) + LIFETIME).toString(36);
    const mac = this.#key.sign(signedText(user, id, end)).toString('base64url');
    const secure = this.#cookies.flagFor(ctx);
    const attributes = { path: '/', httpOnly: true, sameSite: 'lax', secure, maxAge: LIFETIME } as const;
    ctx.append(
      'Set-Cookie',
      stringifySetCookie({ name: this.#name, value: `${id}.${end}.${mac}`, ...attributes }),
    );
  }
}

function signedText(user: User | null, id: string, end: string): string {
  return JSON.stringify([user?.id, user?.passwordVersion, id, end]);
}

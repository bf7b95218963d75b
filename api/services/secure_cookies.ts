import type { Context } from 'koa';
import type { Logger } from 'pino';

export interface SecureCookiesOptions {
  readonly production: boolean;
  readonly cookieSecure: 'auto' | 'on' | 'off';
  readonly log: Logger;
}

/** What `COOKIE_SECURE` means for the cookies we set: the one place that decides about their `Secure` flag. */
export class SecureCookies {
  readonly #options: SecureCookiesOptions;
  #hasWarned = false;

  constructor(options: SecureCookiesOptions) {
    this.#options = options;
  }

  /** The name of a cookie: with `__Host-` in production, where no other host may then set it. */
  nameOf(name: string): string {
    const { production, cookieSecure } = this.#options;
    return production && cookieSecure === 'on' ? `__Host-${name}` : name;
  }

  /** Whether a cookie sent with this answer has the flag. */
  flagFor(ctx: Context): boolean {
    const { cookieSecure } = this.#options;
    return cookieSecure === 'auto' ? ctx.secure : cookieSecure === 'on';
  }

  /** To be told of each cookie that is set: says once in the log why browsers will not keep it. */
  noteSet(ctx: Context): void {
    if (this.#hasWarned || this.#options.cookieSecure !== 'on' || ctx.secure) return;
    this.#hasWarned = true;
    this.#options.log.warn(
      'a Secure cookie was sent over plain http, where browsers drop it: COOKIE_SECURE is on. Behind a proxy that ' +
        'speaks https set TRUST_PROXY, so that requests count as https; without https set COOKIE_SECURE=auto',
    );
  }
}

import { parseCookie, stringifySetCookie, type SetCookie } from 'cookie';
import type { Context } from 'koa';
import type { SecureCookies } from './secure_cookies.js';

/**
 * The one place that sets and clears the session cookie, so that both happen with the same attributes: a browser
 * keeps a cookie that is cleared with others. Its value is the session id and nothing else.
 */
export class SessionCookie {
  readonly #name: string;
  readonly #secure: SecureCookies;

  constructor(options: { readonly name: string; readonly secure: SecureCookies }) {
    this.#name = options.name;
    this.#secure = options.secure;
  }

  /** What the request carries, the first of several; null when there is none. */
  read(ctx: Context): string | null {
    const { cookie } = ctx.headers;
    return cookie === undefined ? null : (parseCookie(cookie)[this.#name] ?? null);
  }

  /** @param maxAge seconds a browser keeps it; null: until it is closed. */
  set(ctx: Context, value: string, maxAge: number | null): void {
    this.#secure.noteSet(ctx);
    this.#append(ctx, value, maxAge === null ? {} : { maxAge });
  }

  clear(ctx: Context): void {
    this.#append(ctx, '', { maxAge: 0, expires: new Date(0) });
  }

  // Not ctx.cookies: it writes Expires instead of Max-Age, and throws where Secure was asked for over plain http.
  #append(ctx: Context, value: string, life: Pick<SetCookie, 'maxAge' | 'expires'>): void {
    const secure = this.#secure.flagFor(ctx);
    const attributes = { path: '/', httpOnly: true, sameSite: 'lax', secure } as const;
    ctx.append('Set-Cookie', stringifySetCookie({ name: this.#name, value, ...attributes, ...life }));
  }
}

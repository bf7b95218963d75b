import { stringifySetCookie, type SetCookie } from 'cookie';
import type { Context } from 'koa';

/**
 * The one place that sets and clears the session cookie, so that both happen with the same attributes: a browser
 * keeps a cookie that is cleared with others. Its value is the session id and nothing else.
 */
export class SessionCookie {
  readonly #name: string;
  readonly #secure: 'auto' | 'on' | 'off';

  constructor(options: { readonly name: string; readonly secure: 'auto' | 'on' | 'off' }) {
    this.#name = options.name;
    this.#secure = options.secure;
  }

  /** @param maxAge seconds a browser keeps it; null: until it is closed. */
  set(ctx: Context, value: string, maxAge: number | null): void {
    this.#append(ctx, value, maxAge === null ? {} : { maxAge });
  }

  clear(ctx: Context): void {
    this.#append(ctx, '', { maxAge: 0, expires: new Date(0) });
  }

  // Not ctx.cookies: it writes Expires instead of Max-Age, and throws where Secure was asked for over plain http.
  #append(ctx: Context, value: string, life: Pick<SetCookie, 'maxAge' | 'expires'>): void {
    const secure = this.#secure === 'auto' ? ctx.secure : this.#secure === 'on';
    const attributes = { path: '/', httpOnly: true, sameSite: 'lax', secure } as const;
    ctx.append('Set-Cookie', stringifySetCookie({ name: this.#name, value, ...attributes, ...life }));
  }
}

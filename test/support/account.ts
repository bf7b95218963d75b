import type { Response } from 'supertest';
import type { User } from '../../models/user.js';
import { PASSWORD, type TestApp } from './app.js';

/** A browser's memory of one site: it sends the cookies it was given and forgets those that are cleared. */
export class Visitor {
  readonly #app: TestApp;
  readonly #cookies = new Map<string, string>();

  constructor(app: TestApp) {
    this.#app = app;
  }

  /** The value of a cookie it has, or undefined. */
  cookie(name = this.#app.config.sessionName): string | undefined {
    return this.#cookies.get(name);
  }

  /** Takes a cookie from elsewhere, as somebody does who has stolen or planted it. */
  take(value: string, name = this.#app.config.sessionName): this {
    this.#cookies.set(name, value);
    return this;
  }

  /** Everything it has, as the `Cookie` header. */
  get cookies(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  async send(
    method: 'get' | 'post' | 'put' | 'delete',
    path: string,
    body?: object | string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    const { cookies } = this;
    const request = this.#app.request()[method](path).set(headers);
    if (cookies !== '') void request.set('Cookie', cookies);
    const response = await (body === undefined ? request : request.send(body));
    for (const header of response.get('Set-Cookie') ?? []) this.#keep(header);
    return response;
  }

  login(user: User, more: object = {}): Promise<Response> {
    return this.send('post', '/auth/login', { email: user.email, password: PASSWORD, ...more });
  }

  #keep(header: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(header) ?? [];
    if (value === '') this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }
}

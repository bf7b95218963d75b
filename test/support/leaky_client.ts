import { randomBytes } from 'node:crypto';
import type { AuthType } from '../../api/config.js';
import { buildApp } from './app.js';

/** The email of the admin whom {@link playEveryRoute} logs in. */
export const ADMIN = 'admin@example.org';

/** Remembers every secret that it sends or is handed out, and puts such into every place of a request. */
export class LeakyClient {
  /** What it sent as passwords, tokens and cookies, good and bad. */
  readonly typed = new Set<string>();
  /** Cookie values and tokens that it was given. */
  readonly handedOut = new Set<string>();
  readonly #base: string;
  readonly #cookies = new Map<string, string>();

  constructor(port: number) {
    this.#base = `http://127.0.0.1:${port}`;
  }

  /** A new secret that nobody has seen; with letters that JSON and URLs write in another way. */
  secret(): string {
    return this.type(`"${randomBytes(12).toString('hex')} €`);
  }

  /** Takes note of a secret that it sends. */
  type(secret: string): string {
    this.typed.add(secret);
    return secret;
  }

  forgetCookies(): void {
    this.#cookies.clear();
  }

  /** Sends a body, and further secrets beside it: in cookies, headers and the query. */
  async send(method: string, path: string, body: object, headers: Record<string, string> = {}) {
    const hasBody = method !== 'GET';
    const [other, token, query] = [this.secret(), this.secret(), this.secret()].map(encodeURIComponent);
    const cookies = [...this.#cookies].map(([name, value]) => `${name}=${value}`);
    const response = await fetch(`${this.#base}${path}?token=${query}&_my_session_id=${query}`, {
      method,
      redirect: 'manual',
      headers: {
        Cookie: [...cookies, `sid=${other}`, `device=${other}`].join('; '),
        'X-CSRF-Token': token ?? '',
        Referer: `${this.#base}/auth/reset?token=${query}`,
        ...(hasBody && { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(hasBody && { body: JSON.stringify(body) }),
    });
    for (const header of response.headers.getSetCookie()) this.#keepCookie(header);
    const text = await response.text();
    const [, csrf] = /"csrf_token":"([^"]+)"/.exec(text) ?? [];
    if (csrf !== undefined) this.handedOut.add(csrf);
    return { status: response.status, text };
  }

  #keepCookie(header: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(header) ?? [];
    if (value === '') this.#cookies.delete(name);
    else this.#cookies.set(name, value);
    if (value !== '') this.handedOut.add(value);
  }
}

/** Every route as nobody, as a new user and as an admin, with passwords and tokens that are right and wrong. */
export async function playEveryRoute(
  client: LeakyClient,
  authType: AuthType,
  adminPassword: string,
): Promise<void> {
  const { routes } = buildApp({ authType });
  for (const [number, { method, path }] of routes.entries()) {
    const own = { email: `user${number}@example.org`, password: client.secret() };
    client.forgetCookies();
    const registered = await client.send('POST', '/auth/register', own);
    const { id } = JSON.parse(registered.text) as { id: string };
    const target = path.replace(':id', id);
    const wrong = { email: own.email, token: client.secret(), first_name: 'Ann' };
    const passwords = { current_password: client.secret(), new_password: client.secret() };
    await client.send(method, target, { ...wrong, ...passwords, password: client.secret() });
    await client.send('POST', '/auth/login', own);
    await client.send(method, target, { ...wrong, ...passwords, ...own, current_password: own.password });
    await client.send('POST', '/auth/login', { email: ADMIN, password: adminPassword });
    await client.send(method, target, { ...wrong, ...passwords, ...own, email: `new${number}@example.org` });
  }
}

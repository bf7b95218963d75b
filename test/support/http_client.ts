import type { User } from '../../models/user.js';
import { PASSWORD } from './app.js';
import { noteSecret } from './secrets.js';

/** Logs in at a server on this machine. */
export async function logIn(port: number, user: User): Promise<Response> {
  const body = new URLSearchParams({ email: user.email ?? '', password: PASSWORD });
  return fetch(`http://127.0.0.1:${port}/api/v1/auth_session/login`, { method: 'POST', body });
}

/** The `name=value` that a browser would send back. */
export function cookieOf(response: Response): string {
  const [cookie] = response.headers.getSetCookie();
  if (cookie === undefined) throw new Error(`no cookie, status ${response.status}`);
  const [pair = ''] = cookie.split(';');
  noteSecret(pair.slice(pair.indexOf('=') + 1));
  return pair;
}

export async function getMe(port: number, cookie: string): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/api/v1/users/me`, { headers: { cookie } });
  return response.status;
}

/**
 * Open redirect.
 *
 * Who must log in first is sent to a login page and from there to where they wanted to go, which the address carries
 * along: `/login?next=/profile`. The attacker sends a link to the real login page with `next=//evil.example`: the
 * victim checks the address, logs in, and lands on a copy of our page that says "wrong password, try again". Where
 * redirects are made from the `Host` header or the path as sent, those can be used alike.
 *
 * What stops it: redirects are paths without a host, and `next` is a path on our own origin or it is `/` (safeNext in
 * api/services/next_path.ts; test/attacks/next_tricks.ts has the tricks). ASVS 3.7.2; OWASP Unvalidated Redirects and
 * Forwards Cheat Sheet.
 */
import { NEXT_TRICKS } from './next_tricks.js';
import { Attempts, type Attempt } from './support/attempts.js';
import type { Account, Target } from './support/target.js';

/** Requests for something that needs a login, which want to be sent to evil.example: path, and more headers. */
const REQUESTS: readonly (readonly [path: string, ...headers: string[]])[] = [
  ['/protected', 'Host: evil.example'],
  ['/protected', 'X-Forwarded-Host: evil.example', 'X-Forwarded-Proto: https'],
  ['/protected', 'Forwarded: host=evil.example;proto=https'],
  ['/protected', 'X-Original-URL: //evil.example', 'X-Rewrite-URL: //evil.example'],
  ['/protected', 'Referer: https://evil.example/'],
  ['/protected?next=//evil.example'],
  ['/protected?next=/protected&next=//evil.example'],
  ['/protected#//evil.example'],
  ['//evil.example/protected'],
  ['///evil.example/protected'],
  ['/\\evil.example/protected'],
  ['/protected//evil.example'],
  ['/protected/..//evil.example'],
  ['/protected/%2e%2e//evil.example'],
  ['/protected/%5cevil.example'],
  ['/protected%0d%0aLocation:%20https://evil.example'],
  ['/protected?%0d%0aLocation:%20https://evil.example'],
  ['//protected'],
  ['http://evil.example/protected'],
  ['https://evil.example//protected'],
];

export async function openRedirect(target: Target): Promise<Attempt[]> {
  const attempts = new Attempts();
  const honest = await locationOf(target, '/protected');
  attempts.control(
    'GET /protected leads to our own login',
    honest === '/login?next=/protected',
    `to ${honest}`,
  );
  for (const [path, ...headers] of REQUESTS) {
    const location = await locationOf(target, path, ...headers);
    attempts.attack(
      `GET ${[path, ...headers].join(', ')}`,
      leadsAway(location, target),
      `to ${location ?? 'nowhere'}`,
    );
  }
  await throughTheLogin(target, attempts);
  return attempts.list;
}

/** Where a browser without a session is sent; null when it stays. */
async function locationOf(
  target: Target,
  path: string,
  ...headers: readonly string[]
): Promise<string | null> {
  const answer = await target.raw(`GET ${path}`, 'Accept: text/html', ...headers);
  return answer?.headers.get('location') ?? null;
}

/** Whether a browser ends up elsewhere, now or, by the `next` that it takes along, after the login. */
function leadsAway(location: string | null, { url }: Target): boolean {
  if (location === null) return false;
  if (!URL.canParse(location, url)) return true;
  const { origin, searchParams } = new URL(location, url);
  const nexts = searchParams.getAll('next');
  const isAway = (next: string): boolean => !URL.canParse(next, url) || new URL(next, url).origin !== url;
  return origin !== url || nexts.length > 1 || nexts.some(isAway) || /[\r\n]/.test(location);
}

/** The login page itself, where there is one. */
async function throughTheLogin(target: Target, attempts: Attempts): Promise<void> {
  const page = await target.browser().send('GET', '/login');
  if (page.status !== 200) return attempts.skip('POST /login with next', 'this server has no login page');
  const account = await target.register();
  const honest = await logInFor(target, account, '/protected');
  attempts.control('POST /login with next=/protected', honest === '/protected', `to ${honest}`);
  for (const next of NEXT_TRICKS) {
    const location = await logInFor(target, account, next);
    const trick = `POST /login with next=${JSON.stringify(next).slice(0, 60)}`;
    attempts.attack(trick, location !== null && location !== '/', `to ${location}`);
  }
}

/** Logs in as the page's form does: with its token, and with `next` in the address and in the form. */
async function logInFor(target: Target, account: Account, next: string): Promise<string | null> {
  const { email, password } = account;
  const browser = target.browser();
  const path = `/login?${new URLSearchParams({ next }).toString()}`;
  const page = await browser.send('GET', path);
  const token = /name="_csrf"[^>]*value="([^"]*)"/.exec(page.text)?.[1] ?? '';
  const answer = await browser.send('POST', path, { form: { email, password, next, _csrf: token } });
  return answer.headers.location ?? null;
}

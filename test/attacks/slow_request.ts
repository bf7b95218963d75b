/**
 * Bringing a session back with a slow request.
 *
 * A request begins while the victim is logged in and takes its time: its body comes in drops. Meanwhile she logs out.
 * Where a server loads the session when a request begins and stores it when the request ends ("last seen: now"), the
 * end of the slow request stores a session that was gone, and the old cookie works again. An attacker who has the
 * cookie keeps such a request open on purpose.
 *
 * What stops it: a session's last use is noted by a change of the record that is there, which never makes one; giving
 * a session a new id fails likewise when it has ended. ASVS 7.4.1; OWASP Session Management Cheat Sheet, "Session
 * Expiration".
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Attempts, type Attempt } from './support/attempts.js';
import { objectIn, wordsOf, type Answer, type Method } from './support/browser.js';
import type { Login, Target } from './support/target.js';

/** How the session ends while the request is under way; `other` is a second device of hers. */
type End = (victim: Login, other: Login) => Promise<Answer>;

const ENDINGS: readonly (readonly [name: string, end: End])[] = [
  ['a logout', ({ browser }) => browser.send('POST', '/auth/logout')],
  ['its end by another device', (_, { browser }) => browser.send('DELETE', '/auth/sessions')],
  ['the end of the account', ({ browser }) => browser.send('DELETE', '/auth/account')],
];
const END_OF_ACCOUNT = ENDINGS[2]?.[0];

/** What takes its time: the first two of these would give the session a new id. */
function slowRequests({ account }: Login): readonly (readonly [Method, path: string, body: object])[] {
  const { id, password } = account;
  return [
    ['POST', '/auth/confirm', { password }],
    ['PUT', '/auth/password', { current_password: password, new_password: `${password}!` }],
    ['PUT', `/api/v1/users/${id}`, { first_name: 'Slow' }],
  ];
}

export async function slowRequest(target: Target): Promise<Attempt[]> {
  const attempts = new Attempts();
  for (const [name, end] of ENDINGS) {
    for (let kind = 0; kind < 3; kind += 1) await outlast(target, attempts, { name, end, kind });
  }
  const unhurried = await target.newcomer();
  const [method, path, body] = slowRequests(unhurried)[0] as [Method, string, object];
  const slow = await begin(target, unhurried, method, path, JSON.stringify(body));
  const answer = await slow.finish();
  attempts.control('the slow request when nobody logs out', answer.status === 200, wordsOf(answer));
  return attempts.list;
}

async function outlast(
  target: Target,
  attempts: Attempts,
  { name, end, kind }: { name: string; end: End; kind: number },
): Promise<void> {
  const victim = await target.newcomer();
  const other = await target.login(victim.account);
  const record = await recordIdOf(victim);
  const [method, path, body] = slowRequests(victim)[kind] as [Method, string, object];
  const trick = `${method} ${path.replace(victim.account.id, ':id')} that outlasts ${name}`;

  const slow = await begin(target, victim, method, path, JSON.stringify(body));
  const isOpen = (await target.whoIs(victim.browser)) === victim.account.id;
  attempts.control(`${trick}: her session as it begins`, isOpen, 'is open');
  const ended = await end(victim, other);
  const answer = await slow.finish();

  const ids = [victim.sessionId, ...answer.cookies.map((pair) => pair.slice(pair.indexOf('=') + 1))];
  const alive = await Promise.all(ids.map((id) => target.whoIs(target.browserWith({ [victim.name]: id }))));
  const isStored =
    (await isOnDisk(target, 'UserSession', record)) ||
    (name === END_OF_ACCOUNT && (await isOnDisk(target, 'User', victim.account.id)));
  const gotIn = ended.status !== 200 || alive.some((owner) => owner !== null) || isStored;
  attempts.attack(trick, gotIn, `${wordsOf(answer)}; the record is ${isStored ? 'stored again' : 'gone'}`);
}

/** Sends all of a request but the end of its body, and makes sure that the server has begun to work on it. */
async function begin(
  target: Target,
  { name, sessionId }: Login,
  method: Method,
  path: string,
  body: string,
): Promise<{ finish: () => Promise<Answer> }> {
  const client = target.connect().send(
    [
      `${method} ${path} HTTP/1.1`,
      `Host: ${target.host}`,
      `Cookie: ${name}=${sessionId}`,
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
      // The server says "100 Continue" as it hands the request on: from then on it knows whose session this is.
      'Expect: 100-continue',
      'Connection: close',
      '',
      body.slice(0, 5),
    ].join('\r\n'),
  );
  await client.until(/^HTTP\/1\.1 \d+/);
  return {
    async finish(): Promise<Answer> {
      const [answer] = await client.send(body.slice(5)).answers();
      const cookie = answer?.headers.get('set-cookie')?.split(';')[0];
      const cookies = cookie === undefined ? [] : [cookie];
      return { status: answer?.status ?? 0, headers: {}, text: answer?.body ?? '', cookies };
    },
  };
}

async function recordIdOf({ browser }: Login): Promise<string> {
  const { session } = objectIn(await browser.send('GET', '/auth/status'));
  return (session as { id: string }).id;
}

/** Whether a record is stored, by the last line about it. */
async function isOnDisk({ storage }: Target, model: string, id: string): Promise<boolean> {
  if (storage === null) return false;
  const text = await readFile(join(storage, `${model}.jsonl`), 'utf8').catch(() => '');
  const last = text.split('\n').findLast((line) => line.includes(`"id":"${id}"`));
  return last !== undefined && !last.includes('"deleted":true');
}

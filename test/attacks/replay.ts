/**
 * Replay after logout.
 *
 * The attacker has seen the victim's cookie: on a shared computer, in a proxy's log, by malware. She notices, logs
 * out or changes her password, and believes that she is safe. Where logout only clears the cookie in her own browser,
 * the copy goes on working: nothing was ended but her own use of it.
 *
 * What stops it: a session is a record on the server, and ending it removes the record; the cookie is only its name.
 * A change of password ends all sessions but the one that asked, which gets a new id. ASVS 7.4.1, 7.4.2, 7.4.3.
 */
import { Attempts, type Attempt } from './support/attempts.js';
import { splitPair, wordsOf, type Answer, type Method, type Sent } from './support/browser.js';
import { sessionCookieIn, type Account, type Login, type Target } from './support/target.js';

const CHANGED = 'her new and longer password';

/** How the victim ends the session whose cookie was copied; `other` is a second device of hers. */
const ENDINGS: readonly (readonly [name: string, end: (stolen: Login, other: Login) => Promise<Answer>])[] = [
  ['a logout', ({ browser }) => browser.send('POST', '/auth/logout')],
  ['a logout from the course API', ({ browser }) => browser.send('DELETE', '/api/v1/auth_session/logout')],
  ['ending it on her list of devices', endFromList],
  ['ending all others from another device', (_, { browser }) => browser.send('DELETE', '/auth/sessions')],
  [
    'giving the password again',
    ({ browser, account: { password } }) => browser.send('POST', '/auth/confirm', { json: { password } }),
  ],
  [
    'a new login in the same browser',
    ({ browser, account: { email, password } }) =>
      browser.send('POST', '/auth/login', { json: { email, password } }),
  ],
  ['a change of password', ({ browser, account }) => changePassword(browser, account)],
  ['a change of password on another device', (_, { browser, account }) => changePassword(browser, account)],
  ['deleting the account', ({ browser }) => browser.send('DELETE', '/auth/account')],
];

/** What the attacker tries with the copy. */
const REPLAYS: readonly (readonly [Method, path: string, (stolen: Login) => Sent])[] = [
  ['GET', '/auth/status', () => ({})],
  ['GET', '/auth/status', ({ sessionId }) => ({ headers: { Authorization: `Bearer ${sessionId}` } })],
  ['GET', '/protected', () => ({})],
  ['GET', '/auth/sessions', () => ({})],
  ['GET', '/api/v1/users/me', () => ({})],
  ['POST', '/auth/confirm', ({ account: { password } }) => ({ json: { password } })],
];

export async function replay(target: Target): Promise<Attempt[]> {
  const attempts = new Attempts();
  for (const [name, end] of ENDINGS) {
    const stolen = await target.newcomer();
    const other = await target.login(stolen.account);
    const thief = { [stolen.name]: stolen.sessionId };
    const before = await target.whoIs(target.browserWith(thief));
    attempts.control(`the copied cookie before ${name}`, before === stolen.account.id, 'opens her session');

    const ended = await end(stolen, other);
    if (ended.status === 404 || ended.status === 403) {
      attempts.skip(`the copied cookie after ${name}`, `this server has no such way: ${wordsOf(ended)}`);
      continue;
    }
    const statuses: number[] = [];
    for (const [method, path, sentWith] of REPLAYS) {
      const answer = await target.browserWith(thief).send(method, path, sentWith(stolen));
      statuses.push(answer.status);
    }
    const gotIn = ended.status !== 200 || statuses.some((status) => status < 400);
    attempts.attack(`the copied cookie after ${name}`, gotIn, `${statuses.join(', ')} (${wordsOf(ended)})`);
  }
  await replayTheLogin(target, attempts);
  return attempts.list;
}

/** Logins with the old password that are still being checked when it changes: hashes wait in a queue. */
async function outrun(target: Target, attempts: Attempts): Promise<void> {
  const { browser, account, name } = await target.newcomer();
  const { email, password } = account;
  const change = changePassword(browser, account);
  const logins = Array.from({ length: 12 }, () =>
    target.browser().send('POST', '/auth/login', { json: { email, password } }),
  );
  const changed = await change;
  let open = 0;
  for (const answer of await Promise.all(logins)) {
    const [, id] = splitPair(sessionCookieIn(answer) ?? '=');
    if ((await target.whoIs(target.browserWith({ [name]: id }))) !== null) open += 1;
  }
  const trick = 'logins that were under way during a change of password';
  attempts.attack(trick, open > 0 || changed.status !== 200, `${open} of ${logins.length} sessions are open`);
}

/** Who has seen the login itself, and not only the cookie, has the password: until she changes it. */
async function replayTheLogin(target: Target, attempts: Attempts): Promise<void> {
  const { browser, account } = await target.newcomer();
  const { email, password } = account;
  await changePassword(browser, account);
  await outrun(target, attempts);
  const old = await target.browser().send('POST', '/auth/login', { json: { email, password } });
  attempts.attack('the recorded login after a change of password', old.status === 200, wordsOf(old));
  const json = { email, password: CHANGED };
  const renewed = await target.browser().send('POST', '/auth/login', { json });
  attempts.control('her login with the new password', renewed.status === 200, wordsOf(renewed));
}

async function endFromList(stolen: Login, other: Login): Promise<Answer> {
  const list = await stolen.browser.send('GET', '/auth/sessions');
  const { id } =
    (JSON.parse(list.text) as { id: string; current: boolean }[]).find(({ current }) => current) ?? {};
  return other.browser.send('DELETE', `/auth/sessions/${id}`);
}

function changePassword(browser: Login['browser'], { password }: Account): Promise<Answer> {
  const json = { current_password: password, new_password: CHANGED };
  return browser.send('PUT', '/auth/password', { json });
}

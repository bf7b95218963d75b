/**
 * Session fixation.
 *
 * Instead of stealing a session id, the attacker chooses one: plants a cookie in the victim's browser (from another
 * host of the same domain, over plain http, or at a shared computer) and waits until the victim logs in. If the
 * server goes on with the id that it finds, the attacker now knows the id of the victim's session.
 *
 * What stops it: every login makes a new random id and ends the session that it was presented with, an id that the
 * server did not make is nobody's, and an id counts in the cookie only. ASVS 7.2.4; OWASP Session Management Cheat
 * Sheet, "Renew the Session ID After Any Privilege Level Change".
 */
import { Attempts, type Attempt } from './support/attempts.js';
import { splitPair, wordsOf } from './support/browser.js';
import { sessionCookieIn, type Target } from './support/target.js';

export async function sessionFixation(target: Target): Promise<Attempt[]> {
  const attempts = new Attempts();
  const victim = await target.newcomer();
  const mallory = await target.register();
  const madeUp = 'A'.repeat(32);

  /** Who gets in with this id. */
  const ownerOf = (id: string): Promise<string | null> =>
    target.whoIs(target.browserWith({ [victim.name]: id }));

  /** The victim logs in with a browser in which an id was planted. */
  async function logInWith(planted: string, trick: string, path: string, cookie = planted): Promise<void> {
    const browser = target.browserWith({ [victim.name]: cookie });
    const { email, password } = victim.account;
    const answer = await browser.send('POST', path, { form: { email, password, session_id: planted } });
    if (answer.status === 404) return attempts.skip(trick, 'this server has no such login');
    const [, given] = splitPair(sessionCookieIn(answer) ?? '=');
    const isHers = (await ownerOf(given)) === victim.account.id;
    attempts.control(`${trick}: her new id`, isHers, wordsOf(answer));
    const owner = await ownerOf(planted);
    attempts.attack(
      trick,
      owner !== null || given === planted,
      owner === null ? "is nobody's" : 'opens a session',
    );
  }

  for (const login of ['/auth/login', '/api/v1/auth_session/login']) {
    await logInWith(madeUp, `a made-up id, then POST ${login}`, login);
    const { sessionId: live } = await target.login(mallory);
    await logInWith(live, `a live id of the attacker's own, then POST ${login}`, login);
    const two = `${madeUp}; ${victim.name}=${'B'.repeat(32)}`;
    await logInWith(madeUp, `two cookies of one name, then POST ${login}`, login, two);
    const query = `${login}?${victim.name}=${madeUp}&session_id=${madeUp}`;
    await logInWith(madeUp, `an id in the address as well: POST ${login}?…`, query);
  }

  attempts.control(
    'her id before POST /auth/confirm',
    (await ownerOf(victim.sessionId)) !== null,
    'opens her session',
  );
  const { password } = victim.account;
  const confirm = await victim.browser.send('POST', '/auth/confirm', { json: { password } });
  attempts.control('her id after it', (await target.whoIs(victim.browser)) !== null, wordsOf(confirm));
  const old = await ownerOf(victim.sessionId);
  attempts.attack('an id seen before POST /auth/confirm', old !== null, old ? 'still hers' : "is nobody's");
  return attempts.list;
}

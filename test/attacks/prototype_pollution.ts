/**
 * Prototype pollution.
 *
 * In JavaScript every plain object inherits from one common prototype. A program that merges a client's JSON into its
 * own objects, key by key, can be made to write there with the key `__proto__` (or `constructor.prototype`): then
 * every object of the process has the attacker's field, say `role: "admin"`. A related trick uses names that every
 * object inherits, such as `constructor`, as an id: a look-up in a plain object then finds something.
 *
 * What stops it: bodies with such a key are refused when they are parsed, fields are taken by name and only when they
 * are the object's own, nothing is merged, and what is keyed by input lives in Maps. ASVS 15.3.6, 1.5.2; OWASP
 * Prototype Pollution Prevention Cheat Sheet.
 */
import { Attempts, type Attempt } from './support/attempts.js';
import { objectIn, wordsOf, type Sent } from './support/browser.js';
import { sessionCookieIn, type Login, type Target } from './support/target.js';

/** What the attacker would like every object to have. */
const WISH = { role: 'admin', isAdmin: true, remember: true, polluted: 'yes', status: 200 };

const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };

/** Bodies that write to a prototype where a program merges; `__proto__` has to be written out, as text. */
const BODIES: readonly (readonly [name: string, Sent])[] = [
  ['__proto__', { body: `{"__proto__":${JSON.stringify(WISH)}}` }],
  ['__proto__ with an escape', { body: `{"\\u005f_proto__":${JSON.stringify(WISH)}}` }],
  ['__proto__ within a field', { body: `{"first_name":{"__proto__":${JSON.stringify(WISH)}}}` }],
  ['constructor.prototype', { json: { constructor: { prototype: WISH } } }],
  ['a form with __proto__[role]', { body: '__proto__[role]=admin&__proto__[isAdmin]=1', headers: FORM }],
  ['a form with __proto__.role', { body: '__proto__.role=admin&__proto__=admin', headers: FORM }],
  ['a form with constructor[prototype][role]', { body: 'constructor[prototype][role]=admin', headers: FORM }],
];

/** Names that every plain object knows. */
const INHERITED = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype', 'valueOf'];

function asJson(sent: Sent): Sent {
  return sent.headers || sent.json !== undefined
    ? sent
    : { ...sent, headers: { 'Content-Type': 'application/json' } };
}

export async function prototypePollution(target: Target): Promise<Attempt[]> {
  const attempts = new Attempts();
  const mallory = await target.newcomer();
  const { id } = mallory.account;

  for (const [name, body] of BODIES) {
    const statuses: number[] = [];
    for (const [method, path] of [
      ['POST', '/auth/register'],
      ['POST', '/auth/login'],
      ['POST', '/auth/confirm'],
      ['POST', '/auth/reset'],
      ['PUT', '/auth/password'],
      ['PUT', `/auth/users/${id}`],
      ['PUT', `/api/v1/users/${id}`],
      ['POST', '/api/v1/users'],
    ] as const)
      statuses.push((await mallory.browser.send(method, path, asJson(body))).status);
    const trace =
      (await traceOf(target, mallory)) ?? (statuses.some((code) => code >= 500) ? 'a crash' : null);
    attempts.attack(name, trace !== null, trace ?? `no trace of it (${statuses.join(', ')})`);
  }

  await inheritFields(target, attempts, mallory);
  for (const name of INHERITED) {
    const session = target.browserWith({ [mallory.name]: name });
    const user = await mallory.browser.send('GET', `/api/v1/users/${name}`);
    const ended = await mallory.browser.send('DELETE', `/auth/sessions/${name}`);
    const isFound = user.status < 400 || ended.status < 400 || (await target.whoIs(session)) !== null;
    attempts.attack(
      `${name} as an id`,
      isFound,
      `user ${user.status}, session ${ended.status}, cookie refused`,
    );
  }
  attempts.control('her own id', (await target.whoIs(mallory.browser)) === id, 'opens her session');
  return attempts.list;
}

/** What of the wish came true; null for nothing. */
async function traceOf(target: Target, mallory: Login): Promise<string | null> {
  const stranger = await target.browser().send('GET', '/auth/status');
  if (stranger.status === 200) return 'strangers are logged in';
  // A new record has what nobody gave it from the prototype.
  for (const { browser } of [mallory, await target.newcomer()])
    if ((await browser.send('GET', '/auth/users')).status === 200) return 'everybody is an admin';
  const status = objectIn(await target.browser().send('GET', '/api/v1/status'));
  return Object.hasOwn(status, 'polluted') ? 'answers have the field' : null;
}

/** Fields that are not the body's own must not count as if they were. */
async function inheritFields(target: Target, attempts: Attempts, { account }: Login): Promise<void> {
  const { email, password } = account;
  const fields = JSON.stringify({ email, password });
  const inherited = await target
    .browser()
    .send('POST', '/auth/login', asJson({ body: `{"__proto__":${fields}}` }));
  const isIn = sessionCookieIn(inherited) !== null;
  attempts.attack('email and password inside __proto__ at POST /auth/login', isIn, wordsOf(inherited));
  const plain = await target.browser().send('POST', '/auth/login', asJson({ body: fields }));
  attempts.control('email and password as they should be', plain.status === 200, wordsOf(plain));
}

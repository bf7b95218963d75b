/**
 * Mass assignment.
 *
 * A program that copies every field of a request into its record lets the client write fields that no form shows:
 * `"role": "admin"` in a registration, another `id`, somebody else's `user_id` in a login. The names are easy to
 * guess, or to read in the source.
 *
 * What stops it: every route takes the fields that it knows by name, and nothing else. ASVS 8.2.3, 15.3.3; OWASP Mass
 * Assignment Cheat Sheet.
 */
import { randomUUID } from 'node:crypto';
import { Attempts, type Attempt } from './support/attempts.js';
import { objectIn, wordsOf, type Answer, type Browser, type Sent } from './support/browser.js';
import type { Account, Target } from './support/target.js';

const LONG_AGO = '1999-01-01T00:00:00.000Z';

/** What nobody may set, neither of a user nor of a session. */
const EXTRA = {
  role: 'admin',
  isAdmin: true,
  admin: true,
  disabled: true,
  created_at: LONG_AGO,
  updated_at: LONG_AGO,
  _password: null,
  reset_digest: 'x',
  remember_until: LONG_AGO,
  user: { role: 'admin' },
};

/** The same in the words of a form, some of them for programs that make objects of brackets and dots. */
const EXTRA_FORM = {
  role: 'admin',
  isAdmin: 'true',
  disabled: 'true',
  'user[role]': 'admin',
  'user.role': 'admin',
};

export async function massAssignment(target: Target): Promise<Attempt[]> {
  const attempts = new Attempts();
  const victim = await target.newcomer();

  for (const [how, bodyOf] of [
    ['JSON', (fields: object): Sent => ({ json: { ...EXTRA, ...fields } })],
    ['a form', (fields: object): Sent => ({ form: { ...EXTRA_FORM, ...fields } })],
  ] as const) {
    const id = randomUUID();
    const email = `${randomUUID().slice(0, 13)}@example.org`;
    const password = `a long password ${randomUUID()}`;
    const made = await target.browser().send('POST', '/auth/register', bodyOf({ id, email, password }));
    const user = objectIn(made);
    attempts.control(
      `registering with ${how}`,
      made.status === 201 && user['email'] === email,
      wordsOf(made),
    );
    const isTaken = user['id'] === id || String(user['created_at']).startsWith('1999');
    attempts.attack(
      `an id and a date of one's own in ${how} at POST /auth/register`,
      isTaken,
      String(user['id']),
    );

    const browser = target.browser();
    const more = {
      user_id: victim.account.id,
      session_id: 'chosen',
      confirmed_at: LONG_AGO,
      expires_at: LONG_AGO,
    };
    const login = await browser.send('POST', '/auth/login', bodyOf({ email, password, ...more }));
    const owner = await target.whoIs(browser);
    attempts.control(`logging in with ${how}`, owner === user['id'], wordsOf(login));
    attempts.attack(
      `somebody else's user_id in ${how} at POST /auth/login`,
      owner === victim.account.id,
      String(owner),
    );
    await beAdmin(attempts, `"role": "admin" in ${how} when registering and logging in`, browser);
  }

  await change(target, attempts, victim.account, victim.browser);
  return attempts.list;
}

/** Changes of one's own record, and of one's role by the route that admins have. */
async function change(target: Target, attempts: Attempts, account: Account, browser: Browser): Promise<void> {
  const path = `/api/v1/users/${account.id}`;
  const taken = { ...EXTRA, id: randomUUID(), email: 'root@example.org', password: 'chosen' };
  const renamed = await browser.send('PUT', path, { json: { ...taken, first_name: 'Ann' } });
  if (renamed.status === 401 || renamed.status === 403)
    attempts.skip(
      'fields of the own record',
      'the course API takes no sessions here: AUTH_TYPE is another scheme',
    );
  else await compare(target, attempts, account, renamed);

  for (const [what, json] of [
    ['role', { role: 'admin' }],
    ['disabled', { disabled: false }],
  ] as const) {
    const answer = await browser.send('PUT', `/auth/users/${account.id}`, { json });
    attempts.attack(`one's own ${what} by PUT /auth/users/:id`, answer.status < 400, wordsOf(answer));
  }
  const json = { current_password: account.password, new_password: `${account.password}!`, ...EXTRA };
  const changed = await browser.send('PUT', '/auth/password', { json });
  attempts.control(
    'a change of password with more fields than it has',
    changed.status === 200,
    wordsOf(changed),
  );
  await beAdmin(attempts, '"role": "admin" in every change of the own record', browser);
}

/** What of a record was changed besides the name. */
async function compare(target: Target, attempts: Attempts, account: Account, renamed: Answer): Promise<void> {
  const user = objectIn(renamed);
  attempts.control('a new name in PUT /api/v1/users/:id', user['first_name'] === 'Ann', wordsOf(renamed));
  const isSame = user['id'] === account.id && user['email'] === account.email;
  const isYoung = !String(user['created_at']).startsWith('1999');
  const isKept = isSame && isYoung;
  attempts.attack(
    'id, email and dates in PUT /api/v1/users/:id',
    !isKept,
    isKept ? 'as they were' : 'changed',
  );
  const { email } = account;
  const chosen = { json: { email, password: 'chosen' } };
  const login = await target.browser().send('POST', '/auth/login', chosen);
  attempts.attack('a password in PUT /api/v1/users/:id', login.status === 200, wordsOf(login));
}

/** Only admins may read this list. */
async function beAdmin(attempts: Attempts, trick: string, browser: Browser): Promise<void> {
  const list = await browser.send('GET', '/auth/users');
  attempts.attack(trick, list.status === 200, `the admins' list: ${wordsOf(list)}`);
}

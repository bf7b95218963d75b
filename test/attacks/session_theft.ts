/**
 * Session theft from a copied storage folder.
 *
 * A backup on the wrong disk, a container image, a page that serves files: somebody has a copy of `storage/`. Where
 * session ids lie in it as they are, the copy is a key ring: every line is a login that works until it runs out, and
 * no password has to be guessed.
 *
 * What stops it: `UserSession.jsonl` holds SHA-256 digests of the ids, so that no line of it opens anything, and 192
 * random bits cannot be found by trying. `User.jsonl` holds scrypt hashes: they are no passwords, but whoever has them
 * can try passwords at home, where no throttle is. `keys.json` makes no sessions either, because an id is random and
 * not made with a key; it forges what we sign, so it belongs elsewhere in production (`KEYS_FILE`). docs/attacks.md
 * says what each file gives. ASVS 7.2.2, 11.4.2, 13.3.1; OWASP Session Management and Password Storage Cheat Sheets.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { Attempts, type Attempt } from './support/attempts.js';
import { wordsOf, type Answer } from './support/browser.js';
import { Forger } from './support/forger.js';
import type { Login, Target } from './support/target.js';

type Row = Readonly<Record<string, unknown>>;
/** The text of each file, by its name. */
type Copy = ReadonlyMap<string, string>;

export async function sessionTheft(target: Target): Promise<Attempt[]> {
  const attempts = new Attempts();
  const victim = await target.newcomer();
  const isHers = (await target.whoIs(victim.browser)) === victim.account.id;
  attempts.control('her cookie', isHers, 'opens her session');
  if (target.storage === null) {
    attempts.skip('what the storage folder gives', 'nobody has a copy of it: --storage DIR says where it is');
    return attempts.list;
  }
  const copy = await copyOf(target.storage);
  const user = rowOf(copy, 'User.jsonl', 'id', victim);
  const session = rowOf(copy, 'UserSession.jsonl', 'user_id', victim);
  attempts.control('the copy is of this server', 'id' in user, `${copy.size} files`);

  const secrets = [victim.sessionId, victim.account.password];
  const leaky = [...copy].filter(([, text]) => secrets.some((secret) => text.includes(secret)));
  const where = leaky.map(([file]) => file).join() || 'in no file';
  attempts.attack('reading her cookie or password', leaky.length > 0, where);
  await tryAsCookies(
    target,
    attempts,
    'every value of her row in User.jsonl as a cookie',
    victim,
    valuesOf(user),
  );
  if ('id' in session) {
    const trick = 'every value of her row in UserSession.jsonl as a cookie';
    await tryAsCookies(target, attempts, trick, victim, valuesOf(session));
  } else attempts.skip('UserSession.jsonl', 'sessions of this server are in memory');
  await passTheHash(target, attempts, victim, String(user['_password']));

  const keys = copy.get('keys.json');
  if (keys === undefined) attempts.skip('forging with keys.json', 'it is not in the folder, which is better');
  else await forge(target, attempts, { forger: new Forger(keys), victim, user, session });
  return attempts.list;
}

/** Every file of the folder: what a backup holds. */
async function copyOf(folder: string): Promise<Copy> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(paths.map((path) => readFile(path, 'utf8')));
  return new Map(paths.map((path, index) => [relative(folder, path), texts[index] ?? '']));
}

/** The last row that is about the victim; an empty one when there is none. */
function rowOf(copy: Copy, file: string, attribute: string, { account }: Login): Row {
  const lines = (copy.get(file) ?? '').split('\n').filter(Boolean);
  const rows = lines.map((line) => JSON.parse(line) as Row);
  return rows.findLast((row) => row[attribute] === account.id) ?? {};
}

/** The texts in a row, also in other encodings. */
function valuesOf(row: Row): string[] {
  const texts = Object.values(row).filter(
    (value): value is string => typeof value === 'string' && value !== '',
  );
  return texts.flatMap((text) => {
    const bytes = Buffer.from(text, 'base64url');
    return [text, bytes.toString('hex'), bytes.toString('base64'), bytes.toString('base64url')];
  });
}

async function tryAsCookies(
  target: Target,
  attempts: Attempts,
  trick: string,
  { name }: Login,
  values: readonly string[],
): Promise<void> {
  const opened: string[] = [];
  const tried = new Set(values);
  for (const value of tried) {
    const cookie = encodeURIComponent(value);
    const browser = target.browserWith({ [name]: cookie, visitor: cookie, device: cookie });
    if ((await target.whoIs(browser)) !== null) opened.push(value);
  }
  attempts.attack(trick, opened.length > 0, opened.join() || `${tried.size} tried`);
}

/** The hash in place of the password ("pass the hash"). */
async function passTheHash(target: Target, attempts: Attempts, victim: Login, hash: string): Promise<void> {
  const login = await logIn(target, victim, hash);
  attempts.attack('her password hash as the password', login.status === 200, wordsOf(login));
  const json = { token: hash, new_password: 'the attacker chose this one' };
  const reset = await target.browser().send('POST', '/auth/reset', { json });
  attempts.attack('her password hash as a reset token', reset.status === 200, wordsOf(reset));
}

function logIn(target: Target, { account }: Login, password: string, device = ''): Promise<Answer> {
  const { email } = account;
  const browser = target.browserWith({ device, '__Host-device': device });
  return browser.send('POST', '/auth/login', { json: { email, password } });
}

/** What the signing keys are good for: no login, but not nothing. */
async function forge(
  target: Target,
  attempts: Attempts,
  { forger, victim, user, session }: { forger: Forger; victim: Login; user: Row; session: Row },
): Promise<void> {
  const claims = [user, session]
    .flatMap((row) => [row['id'], row['session_id']])
    .filter(Boolean)
    .map(String);
  const tokens = await forger.tokens(victim.account.id, claims);
  await tryAsCookies(target, attempts, 'cookies signed with keys.json', victim, forger.cookies(claims));
  await tryAsCookies(target, attempts, 'tokens (jwt_auth) signed with keys.json', victim, tokens);

  const headers = { 'Sec-Fetch-Site': 'same-site', Origin: `http://blog.${target.host}` };
  const token = { ...headers, 'X-CSRF-Token': forger.formToken(String(session['id'])) };
  const forged = await victim.browser.send('POST', '/auth/logout', { headers: token });
  const passes = forged.status === 200 ? 'passes' : 'does not pass';
  attempts.note(
    'a form token made with keys.json',
    `${passes}: her own browser has to send it, from our domain`,
  );

  for (let tries = 0; tries < 5; tries += 1) await logIn(target, victim, 'wrong');
  const [stranger, device] = [
    await logIn(target, victim, 'x'),
    await logIn(target, victim, 'x', forger.device(user)),
  ];
  const freed = stranger.status === 429 && device.status !== 429 ? 'passes the throttle' : 'does not help';
  attempts.note('a known device made with keys.json', `${freed}: each is good for five more guesses`);
}

/**
 * Path traversal.
 *
 * A server that makes file names out of what clients send can be led out of its folder: a session store with one file
 * for each id reads `storage/../keys.json` for the id `../keys.json`, and a gate that lets `/status` through may let
 * `/status/../users` through as well. The dots and slashes come encoded, twice encoded, with backslashes, or cut off
 * by a NUL; an endless name may crash what would have refused a short one.
 *
 * What stops it: nothing that a client sends becomes a path. Ids are keys of Maps in memory, cookies are looked up by
 * their digest, no route serves files, and the gate compares whole paths as they were sent. ASVS 5.3.2; OWASP File
 * Upload and Input Validation Cheat Sheets.
 */
import { readdir } from 'node:fs/promises';
import { Attempts, type Attempt } from './support/attempts.js';
import type { Target } from './support/target.js';

/** As they go into a path, behind a slash; the same text is tried as a cookie's value. */
const NAMES: readonly (readonly [trick: string, text: string])[] = [
  ['the folder above', '../keys.json'],
  ['the folder above, encoded', '..%2fkeys.json'],
  ['everything encoded', '%2e%2e%2f%2e%2e%2fpackage.json'],
  ['encoded twice', '%252e%252e%252fkeys.json'],
  ['backslashes', '..\\keys.json'],
  ['backslashes, encoded', '..%5ckeys.json'],
  ['a path that cleaning makes worse', '....//....//keys.json'],
  ['an overlong dot (broken UTF-8)', '%c0%ae%c0%ae%c0%afkeys.json'],
  ['a full-width dot and slash', '%ef%bc%8e%ef%bc%8e%ef%bc%8fkeys.json'],
  ['an absolute path', '/etc/passwd'],
  ['an absolute path, encoded', '%2fetc%2fpasswd'],
  ['a file address', 'file:///etc/passwd'],
  ['a long way up', `${'../'.repeat(20)}etc/passwd`],
  ['a NUL, encoded', 'keys.json%00'],
  ['a NUL', 'keys.json\0'],
  ['a file of the folder', 'User.jsonl'],
  ['a line break, encoded', 'keys.json%0d%0aX-Evil:%20yes'],
  ['10,000 characters', 'A'.repeat(10_000)],
  ['10,000 dots and slashes', '../'.repeat(3333)],
];

/** Paths that lead out of a public place, or to files. */
const PLACES = [
  '/api/v1/status/../users',
  '/api/v1/status/%2e%2e/users',
  '/api/v1/status/..%2fusers',
  '/api/v1/auth_session/login/../../users',
  '/api/v1/status//../users',
  '/api/v1/status;/../users',
  '/protected/../../../../etc/passwd',
  '/auth/../storage/keys.json',
  '/storage/keys.json',
  '/storage/User.jsonl',
  '/../../../../etc/passwd',
  '/%2e%2e/%2e%2e/etc/passwd',
  '//etc/passwd',
  '/package.json',
  '/.git/config',
  'http://127.0.0.1/../../etc/passwd',
];

/** What is in the files that an attacker would want. */
const LOOT = /root:.*:0:0:|"format":\s*"gatehouse|_password|"dependencies"|\[core\]|x-evil/i;

export async function pathTraversal(target: Target): Promise<Attempt[]> {
  const attempts = new Attempts();
  const { account, name, sessionId, browser } = await target.newcomer();
  const before = await filesIn(target.storage);

  /** The status of one request, written by hand: no client library would send most of these. */
  async function ask(method: string, path: string, cookie: string | null): Promise<number | 'loot'> {
    const headers = cookie === null ? [] : [`Cookie: ${name}=${cookie}`];
    const answer = await target.raw(`${method} ${path}`, ...headers);
    if (answer === null) return 0;
    return LOOT.test([...answer.headers.keys(), answer.body].join(' ')) ? 'loot' : answer.status;
  }

  function judge(trick: string, statuses: readonly (number | 'loot')[]): void {
    // Answered, and neither with success nor with a crash.
    const isRefused = statuses.every((status) => status !== 'loot' && status >= 300 && status < 500);
    attempts.attack(trick, !isRefused, statuses.join(', '));
  }

  const own = await ask('GET', `/auth/status?id=${account.id}`, sessionId);
  attempts.control('her own cookie', own === 200, String(own));
  for (const [trick, text] of NAMES) {
    judge(`${trick}, as an id and as a cookie`, [
      await ask('GET', `/api/v1/users/${text}`, sessionId),
      await ask('DELETE', `/api/v1/users/${text}`, sessionId),
      await ask('DELETE', `/auth/sessions/${text}`, sessionId),
      await ask('GET', `/auth/users/${text}/sessions`, sessionId),
      await ask('GET', '/auth/status', text),
      await ask('GET', '/auth/status', `"${text}"`),
      await ask('POST', '/auth/logout', text),
    ]);
  }
  for (const path of PLACES) judge(`GET ${path}`, [await ask('GET', path, null)]);
  const made = (await filesIn(target.storage)).filter((file) => !before.includes(file));
  attempts.attack('new files by all these names', made.length > 0, made.join() || 'none');
  const stillThere = (await target.whoIs(browser)) === account.id;
  attempts.control('her own cookie after all that', stillThere, 'the server is as it was');
  return attempts.list;
}

async function filesIn(folder: string | null): Promise<string[]> {
  return folder === null ? [] : readdir(folder, { recursive: true });
}

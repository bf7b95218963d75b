/**
 * Timing oracle.
 *
 * A login says "wrong email or password" and leaves open which of them it was. Its time may tell: where an unknown
 * email is answered at once and a known one costs the tenth of a second of a password hash, the attacker learns who
 * has an account here, and whose passwords are worth guessing. Words, headers and status may tell as well.
 *
 * What stops it: one hash for every try, in vain where there is nothing to compare with, and the same answer byte for
 * byte. ASVS 6.3.8; OWASP Authentication Cheat Sheet, "Authentication and Error Messages". Time cannot be judged by
 * one number on a busy machine: the script shows its statistics and judges the answers only; the tests count hashes.
 */
import { randomUUID } from 'node:crypto';
import { Attempts, type Attempt } from './support/attempts.js';
import { wordsOf, type Answer } from './support/browser.js';
import type { Account, Target } from './support/target.js';

/** Wrong tries for each account: as many as the throttle lets through without a delay. */
const TRIES = 5;
/** Accounts that somebody has, and as many emails that nobody has: 40 wrong tries of the 100 that an address has. */
const ACCOUNTS = 4;

/** Headers that differ from answer to answer, whatever the reason. */
const CHANGING = new Set(['date', 'x-request-id']);

export async function timingOracle(target: Target): Promise<Attempt[]> {
  const attempts = new Attempts();
  const unknown: number[] = [];
  const wrong: number[] = [];
  const seen = { unknown: new Set<string>(), wrong: new Set<string>() };

  for (let pair = 0; pair < ACCOUNTS; pair += 1) {
    const somebody = await target.register();
    const nobody = { ...somebody, email: `${randomUUID().slice(0, 13)}@example.org` };
    if (pair === 0) await compareOthers(target, attempts, somebody);
    for (let tries = 0; tries < TRIES; tries += 1) {
      // In turns, and each first every other time: what slows the machine down slows both.
      const turns = [
        async () => unknown.push(await timed(target, nobody, seen.unknown)),
        async () => wrong.push(await timed(target, somebody, seen.wrong)),
      ];
      for (const turn of tries % 2 === 0 ? turns : turns.toReversed()) await turn();
    }
  }

  const [first, second] = [seen.unknown, seen.wrong].map((answers) => [...answers].toSorted().join('\n'));
  attempts.attack(
    'unknown email and wrong password by status, headers or body',
    first !== second,
    'the same bytes',
  );
  attempts.note('unknown email and wrong password by their time', statistics(unknown, wrong));
  return attempts.list;
}

/** Milliseconds of one wrong try; what was answered goes into `seen`. */
async function timed(target: Target, { email }: Account, seen: Set<string>): Promise<number> {
  const browser = target.browser();
  const start = performance.now();
  const answer = await browser.send('POST', '/auth/login', { json: { email, password: 'a wrong password' } });
  const time = performance.now() - start;
  seen.add(bytesOf(answer));
  return time;
}

function bytesOf({ status, headers, text }: Answer): string {
  const lines = Object.entries(headers).filter(([name]) => !CHANGING.has(name));
  return JSON.stringify([status, lines.toSorted(([a], [b]) => (a < b ? -1 : 1)), text]);
}

/** A right password, and two places that tell on purpose. */
async function compareOthers(
  target: Target,
  attempts: Attempts,
  { email, password }: Account,
): Promise<void> {
  const right = await target.browser().send('POST', '/auth/login', { json: { email, password } });
  attempts.control('the right password', right.status === 200, wordsOf(right));
  const again = await target.browser().send('POST', '/auth/register', { json: { email, password } });
  attempts.note('asking POST /auth/register', `${wordsOf(again)}: a stated deviation until there is mail`);
  const form = { email: `${randomUUID()}@example.org`, password: 'x' };
  const course = await target.browser().send('POST', '/api/v1/auth_session/login', { form });
  const why = course.status === 404 ? ': LOGIN_ERRORS=course, as the exercises want it' : '';
  attempts.note('asking the course login', `${wordsOf(course)}${why}`);
}

/**
 * How well the times tell two groups apart: the chance that a try of the second took longer than one of the first
 * (Mann and Whitney's U, as a share of all pairs), which is 50 % for groups that do not differ. `z` says how far that
 * is from chance: it is within 2 either way in 95 of 100 runs when there is nothing to find.
 */
function statistics(first: readonly number[], second: readonly number[]): string {
  const pairs = first.length * second.length;
  const later = first.flatMap((a) => second.map((b): number => (Math.sign(b - a) + 1) / 2));
  const u = later.reduce((sum, one) => sum + one, 0);
  const z = (u - pairs / 2) / Math.sqrt((pairs * (first.length + second.length + 1)) / 12);
  const medians = [first, second].map((times) => `${median(times).toFixed(1)} ms`);
  const share = Math.round((u / pairs) * 100);
  return `median ${medians.join(' and ')}; the second is the longer one in ${share} % (z = ${z.toFixed(1)})`;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

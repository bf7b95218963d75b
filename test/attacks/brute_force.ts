/**
 * Brute force.
 *
 * Passwords are chosen by people, and people choose alike: a list of a few thousand opens many accounts, and a program
 * tries them in minutes. When one account pushes back, it asks many of them for one password each ("spraying"); when
 * an address is counted, it claims to be another one; when one door is watched, it takes another.
 *
 * What stops it: five wrong tries for an account are free, then each one must wait twice as long as the one before,
 * whether it comes through a login, a header or a change of password, and whatever the request says about its origin;
 * an address has a hundred wrong tries in a quarter of an hour. The owner is not shut out meanwhile: a device on which
 * she has logged in before is counted by itself. ASVS 6.3.1, 6.1.3; NIST SP 800-63B-4 3.2.2; OWASP Authentication Cheat
 * Sheet, "Protect Against Automated Attacks". docs/throttle.md has every limit.
 */
import { randomUUID } from 'node:crypto';
import { Attempts, type Attempt } from './support/attempts.js';
import { wordsOf, type Answer, type Browser } from './support/browser.js';
import type { Account, Login, Target } from './support/target.js';

const GUESSES = 30;
const AT_ONCE = 100;
/** Wrong tries that are free; then one second must pass, then two, four ... */
const FREE = 5;
const FREE_FOR_ADDRESS = 100;

/** Tries a password somewhere; `turn` counts up. */
type Guess = (password: string, turn: number) => Promise<Answer>;

export async function bruteForce(target: Target): Promise<Attempt[]> {
  const attempts = new Attempts();
  const login = (browser: Browser, { email }: Account, password: string, headers = {}): Promise<Answer> =>
    browser.send('POST', '/auth/login', { json: { email, password }, headers });

  const victim = await target.newcomer();
  await victim.browser.send('POST', '/auth/logout');
  const { since } = await oneByOne(attempts, 'one after the other', (password) =>
    login(target.browser(), victim.account, password),
  );
  const early = await login(target.browser(), victim.account, victim.account.password);
  const trick = 'the right password, guessed right behind them';
  if (performance.now() - since < 1000) attempts.attack(trick, early.status === 200, waitOf(early));
  else attempts.note(trick, `this machine is too slow for that: the second was over (${waitOf(early)})`);
  const own = await login(victim.browser, victim.account, victim.account.password);
  attempts.control(
    'the owner meanwhile, on a device that she has used before',
    own.status === 200,
    wordsOf(own),
  );

  const crowd = await target.register();
  const began = performance.now();
  const crowdGuesses = Array.from({ length: AT_ONCE }, () => login(target.browser(), crowd, randomUUID()));
  judge(attempts, `${AT_ONCE} guesses at once`, await Promise.all(crowdGuesses), began);

  const elsewhere = await target.register();
  await oneByOne(attempts, 'each from another address, as its headers say', (password, turn) => {
    const address = `203.0.${turn}.7`;
    const forwarded = { 'X-Forwarded-For': address, Forwarded: `for=${address}`, 'X-Real-IP': address };
    return login(target.browser(), elsewhere, password, { ...forwarded, 'X-Client-IP': address });
  });

  const spelled = await target.register();
  await oneByOne(attempts, 'with the email spelled in another way each', (password, turn) => {
    const email = spelled.email.replaceAll(/[a-z]/g, (letter, place: number) =>
      (turn >> (place % 5)) & 1 ? letter.toUpperCase() : letter,
    );
    return login(target.browser(), { ...spelled, email }, password);
  });

  const known = await target.register();
  const mallory = await target.newcomer();
  await oneByOne(
    attempts,
    "with a known device of the attacker's own account, or a made-up one",
    (password, turn) => {
      const made = `${'A'.repeat(20)}${turn % 10}.zzzzzz.${'A'.repeat(43)}`;
      const madeUp = target.browserWith({ device: made, '__Host-device': made });
      return login(turn % 2 === 0 ? mallory.browser : madeUp, known, password);
    },
  );

  await everyDoor(target, attempts);
  if (target.isDisposable) await spray(target, attempts);
  else attempts.skip('spraying', 'it would make the server refuse this machine for a quarter of an hour');
  return attempts.list;
}

/** Many guesses at one account, one after the other. @returns since when the next one had to wait. */
async function oneByOne(attempts: Attempts, how: string, guess: Guess): Promise<{ since: number }> {
  const began = performance.now();
  const answers: Answer[] = [];
  let since = began;
  for (let turn = 0; turn < GUESSES; turn += 1) {
    const sent = performance.now();
    const answer = await guess(randomUUID(), turn);
    if (wasChecked(answer)) since = sent;
    answers.push(answer);
  }
  judge(attempts, `${GUESSES} guesses, ${how}`, answers, began);
  return { since };
}

/** No more may have been checked than the delays let through in that time. */
function judge(attempts: Attempts, trick: string, answers: readonly Answer[], began: number): void {
  const seconds = (performance.now() - began) / 1000;
  const allowed = FREE + Math.floor(Math.log2(1 + seconds));
  const checked = answers.filter(wasChecked).length;
  const last = answers.findLast((answer) => !wasChecked(answer));
  const detail = `${checked} checked${last ? `, then ${waitOf(last)}` : ''}`;
  attempts.attack(trick, checked > allowed, detail);
}

function wasChecked({ status }: Answer): boolean {
  return status !== 429 && status !== 503;
}

function waitOf(answer: Answer): string {
  const seconds = answer.headers['retry-after'];
  return seconds === undefined ? wordsOf(answer) : `${wordsOf(answer)}, wait ${seconds} s`;
}

/** Every place that checks a password, in turn: with a stolen session some more of them. */
async function everyDoor(target: Target, attempts: Attempts): Promise<void> {
  const victim = await target.newcomer();
  const doors: Guess[] = [];
  for (const door of doorsTo(target, victim)) {
    if ((await door(victim.account.password, 0)).status === 200) doors.push(door);
  }
  const thief = target.browserWith({ [victim.name]: victim.browser.cookies.get(victim.name) ?? '' });
  doors.push((current_password) =>
    thief.send('PUT', '/auth/password', {
      json: { current_password, new_password: 'the attacker chose this one' },
    }),
  );
  const guess: Guess = (password, turn) => (doors[turn % doors.length] as Guess)(password, turn);
  await oneByOne(attempts, `in turn at all ${doors.length} doors`, guess);
}

function doorsTo(target: Target, { account, browser, name }: Login): Guess[] {
  const { email } = account;
  return [
    (password) => target.browser().send('POST', '/auth/login', { json: { email, password } }),
    (password) => target.browser().send('POST', '/api/v1/auth_session/login', { form: { email, password } }),
    (password) => {
      const basic = Buffer.from(`${email}:${password}`).toString('base64');
      return target
        .browser()
        .send('GET', '/api/v1/users/me', { headers: { Authorization: `Basic ${basic}` } });
    },
    async (password) => {
      // The session alone: the thief has no device that is known.
      const thief = target.browserWith({ [name]: browser.cookies.get(name) ?? '' });
      const answer = await thief.send('POST', '/auth/confirm', { json: { password } });
      browser.cookies.set(name, thief.cookies.get(name) ?? '');
      return answer;
    },
  ];
}

/** One password for many accounts; whether somebody has them makes no difference. */
async function spray(target: Target, attempts: Attempts): Promise<void> {
  const answers: Answer[] = [];
  while (answers.length < FREE_FOR_ADDRESS + 20) {
    const some = Array.from({ length: 8 }, () => {
      const json = { email: `${randomUUID()}@example.org`, password: 'one password for all' };
      return target.browser().send('POST', '/auth/login', { json });
    });
    answers.push(...(await Promise.all(some)));
  }
  const checked = answers.filter(wasChecked).length;
  const last = answers.findLast((answer) => !wasChecked(answer));
  const detail = `${checked} checked${last ? `, then ${waitOf(last)}` : ''}`;
  attempts.attack(`one password for ${answers.length} accounts`, checked > FREE_FOR_ADDRESS, detail);
}

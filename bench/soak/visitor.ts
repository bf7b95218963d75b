import { Client, type Answer, type Sending } from '../lib/client.js';
import { WHO_AM_I } from '../lib/gatehouse.js';
import { PASSWORD } from '../lib/seed.js';
import { digestIn, type HeldSession, type Ledger } from './ledger.js';
import type { Tally } from './tally.js';

type Step = 'register' | 'login' | 'read' | 'logout' | 'readLoggedOut';

/** How a session that is over is answered. */
const REFUSALS: ReadonlySet<number> = new Set([401, 403]);
/** Sessions held at the same time, at most: more would only be more of the same. */
const MOST_SESSIONS = 2000;
const MOST_USERS = 500;

/** What one visitor does again and again. */
const ROUND = 'register login read read login logout read login readLoggedOut logout'.split(' ') as Step[];

/** A request that was sent and never answered: nobody knows what came of it. */
class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

/** Somebody who registers, logs in, reads and logs out, and writes down what was acknowledged. */
export class Visitor {
  readonly #name: string;
  readonly #ledger: Ledger;
  readonly #client: Client;
  readonly #tally: Tally;
  #step = 0;

  constructor(name: string, { ledger, client, tally }: { ledger: Ledger; client: Client; tally: Tally }) {
    this.#name = name;
    this.#ledger = ledger;
    this.#client = client;
    this.#tally = tally;
  }

  /** @returns false when the server gave no answer. */
  async step(): Promise<boolean> {
    const what = this.#next();
    this.#step += 1;
    try {
      await this[what]();
    } catch (error) {
      if (error instanceof NoAnswerError) return false;
      throw error;
    }
    this.#tally.count(what);
    return true;
  }

  #next(): Step {
    const planned = ROUND[this.#step % ROUND.length] ?? 'read';
    if (planned === 'register' && this.#ledger.users.size >= MOST_USERS) return 'read';
    return planned === 'login' && this.#ledger.awake >= MOST_SESSIONS ? 'logout' : planned;
  }

  async register(): Promise<void> {
    const email = `${this.#name}-${this.#step}@example.org`;
    this.#ledger.maybeUsers.add(email);
    const { status } = await this.#send('POST', '/auth/register', { body: { email, password: PASSWORD } });
    this.#tally.expect(status === 201, `a registration was answered with ${status}`);
    if (status === 201) this.#ledger.users.add(email);
    this.#ledger.maybeUsers.delete(email);
  }

  async login(): Promise<void> {
    const users = [...this.#ledger.users];
    const email = users[Math.floor(Math.random() * users.length)];
    const remember = this.#step % 2 === 0;
    const sent = Date.now();
    this.#ledger.maybeSessions += 1;
    const body = { email, password: PASSWORD, remember };
    const { status, text, cookies } = await this.#send('POST', '/auth/login', { body });
    this.#ledger.maybeSessions -= 1;
    const [cookie] = cookies;
    this.#tally.expect(status === 200 && cookie !== undefined, `a login was answered with ${status}`);
    if (status !== 200 || cookie === undefined) return;
    const { session } = JSON.parse(text) as { session: { expires_at: string } };
    this.#ledger.add({
      cookie,
      digest: digestIn(cookie),
      expiresAt: Date.parse(session.expires_at),
      isIdling: !remember,
      lastUse: { sent, answered: Date.now() },
    });
  }

  async read(): Promise<void> {
    const session = this.#ledger.take();
    if (session) await this.#use(session, WHO_AM_I);
  }

  async logout(): Promise<void> {
    const session = this.#ledger.take();
    if (session) await this.#use(session, '/auth/logout');
  }

  /** Somebody tries a cookie again that was logged out long ago. */
  async readLoggedOut(): Promise<void> {
    const [cookie] = this.#ledger.loggedOut.values();
    if (cookie === undefined) return;
    const { status } = await this.#send('GET', WHO_AM_I, { cookie });
    this.#tally.expect(REFUSALS.has(status), `a session that was logged out was answered with ${status}`);
  }

  async #use(session: HeldSession, path: string): Promise<void> {
    const isLogout = path !== WHO_AM_I;
    const ledger = this.#ledger;
    const sent = Date.now();
    if (isLogout) ledger.maybeOut.add(session.digest);
    const { cookie } = session;
    const answer = await this.#send(isLogout ? 'POST' : 'GET', path, { cookie }).catch((error: unknown) => {
      // Whether it counted as use is not known, and need not be: the session was only taken, not lost.
      if (!isLogout) ledger.putBack(session);
      throw error;
    });
    const answered = Date.now();
    ledger.maybeOut.delete(session.digest);
    const verdict = ledger.verdictOn(session, sent, answered);
    const { status } = answer;
    const isOpen = status === 200;
    const isRefused = REFUSALS.has(status);
    this.#tally.expect(
      (isOpen && verdict !== 'over') || (isRefused && verdict !== 'open'),
      `${path} of a session that is ${verdict} was answered with ${status}`,
    );
    if (isOpen && isLogout) ledger.loggedOut.set(session.digest, session.cookie);
    else if (isOpen) ledger.putBack(Object.assign(session, { lastUse: { sent, answered } }));
    else ledger.runOut.add(session.digest);
  }

  async #send(method: string, path: string, sending: Sending): Promise<Answer> {
    try {
      return await this.#client.send(method, path, sending);
    } catch (error) {
      throw new NoAnswerError(String(error), { cause: error });
    }
  }
}

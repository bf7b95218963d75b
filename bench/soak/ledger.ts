import { digestOf } from '../../models/user_session.js';

/** A session whose login was acknowledged. Times are in milliseconds since 1970. */
export interface HeldSession {
  readonly cookie: string;
  readonly digest: string;
  /** From when on it is over, however much it is used. */
  readonly expiresAt: number;
  /** True: it may not lie idle. */
  readonly isIdling: boolean;
  /** The last use that was answered: when it was sent, and when the answer was there. */
  lastUse: { readonly sent: number; readonly answered: number };
}

/** One of so many logins is left alone until the end, and so many at most. */
const SLEEPER_EVERY = 6;
const MOST_SLEEPERS = 300;

export type Verdict = 'open' | 'over' | 'either';

export interface LedgerOptions {
  /** Milliseconds without a request after which a session ends. */
  readonly idle: number;
}

/** What a server acknowledged, and what it therefore must still know after any end. */
export class Ledger {
  readonly #idle: number;
  /** Accounts by email; those whose registration was never answered may be there or not. */
  readonly users = new Set<string>();
  readonly maybeUsers = new Set<string>();
  readonly #sessions: HeldSession[] = [];
  /** Sessions that nobody uses, so that no later write of them repairs what was lost. */
  readonly #sleepers: HeldSession[] = [];
  #logins = 0;
  /** Digests of sessions whose logout was acknowledged, with the cookies that once opened them. */
  readonly loggedOut = new Map<string, string>();
  /** Digests of sessions that were refused because they had run out: they may be swept or not. */
  readonly runOut = new Set<string>();
  /** Digests of sessions whose logout was never answered. */
  readonly maybeOut = new Set<string>();
  /** Logins that were never answered: each may have left a session that nobody can open. */
  maybeSessions = 0;

  constructor({ idle }: LedgerOptions) {
    this.#idle = idle;
  }

  /** Sessions that are neither logged out nor known to have run out, but for those that are in use. */
  get sessions(): readonly HeldSession[] {
    return [...this.#sessions, ...this.#sleepers];
  }

  /** How many there are for {@link take}. */
  get awake(): number {
    return this.#sessions.length;
  }

  /** Notes an acknowledged login. */
  add(session: HeldSession): void {
    this.#logins += 1;
    const maySleep = !session.isIdling && this.#sleepers.length < MOST_SLEEPERS;
    if (maySleep && this.#logins % SLEEPER_EVERY === 0) this.#sleepers.push(session);
    else this.#sessions.push(session);
  }

  /** Takes a session for oneself: nobody else uses it until it is put back. Null when there is none. */
  take(): HeldSession | null {
    const at = Math.floor(Math.random() * this.#sessions.length);
    const session = this.#sessions[at];
    const last = this.#sessions.pop();
    if (!session || !last) return null;
    if (session !== last) this.#sessions[at] = last;
    return session;
  }

  putBack(session: HeldSession): void {
    this.#sessions.push(session);
  }

  /**
   * What a request that is sent at one moment and answered at another must find.
   * @param lost milliseconds of use that a crash may have made the server forget.
   */
  verdictOn(session: HeldSession, sent: number, answered: number, lost = 0): Verdict {
    const { expiresAt, isIdling, lastUse } = session;
    const idleFrom = isIdling ? lastUse.sent + this.#idle - lost : Infinity;
    const idleTo = isIdling ? lastUse.answered + this.#idle : Infinity;
    if (answered <= Math.min(expiresAt, idleFrom)) return 'open';
    return sent > Math.min(expiresAt, idleTo) ? 'over' : 'either';
  }
}

/** The digest by which a server keeps the session of a cookie. */
export function digestIn(cookie: string): string {
  return digestOf(cookie.slice(cookie.indexOf('=') + 1));
}

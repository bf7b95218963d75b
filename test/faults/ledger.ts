/** Longest time, in milliseconds, in which anything is answered: two seconds for a store, and some for this machine. */
const PATIENCE = 2500;

/** What two passwords of one account are good for whose change was never confirmed: one of them, nobody knows which. */
export interface OpenChange {
  readonly email: string;
  readonly passwords: readonly [before: string, after: string];
}

/** What the servers acknowledged to all customers, and what was wrong with their answers. */
export class Ledger {
  /** Passwords by email. */
  readonly accounts = new Map<string, string>();
  /** Cookies that open something, with their owner's email. */
  readonly open = new Map<string, string>();
  /** Cookies that open nothing any more: they were logged out, ended by a password change, or refused once. */
  readonly ended = new Set<string>();
  /** Accounts that were left because nobody knows whether a password change took place. */
  readonly openChanges: OpenChange[] = [];
  readonly wrong = new Set<string>();
  /** Answers by status; 0 is none, from a server that was killed. */
  readonly answers = new Map<number, number>();
  slowest = 0;

  /** Notes that a session is over, whatever becomes of the servers. */
  end(cookie: string): void {
    this.open.delete(cookie);
    this.ended.add(cookie);
  }

  note(status: number, milliseconds: number, what: string): void {
    this.answers.set(status, (this.answers.get(status) ?? 0) + 1);
    this.slowest = Math.max(this.slowest, milliseconds);
    if (status >= 500 && status !== 503) this.wrong.add(`${what} was answered with ${status}`);
    if (milliseconds > PATIENCE) this.wrong.add(`${what} took ${Math.round(milliseconds)} ms`);
  }
}

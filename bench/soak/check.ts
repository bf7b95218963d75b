import { openStorage } from '../../models/storage.js';
import { User } from '../../models/user.js';
import { UserSession } from '../../models/user_session.js';
import { Client } from '../lib/client.js';
import { WHO_AM_I } from '../lib/gatehouse.js';
import { PASSWORD } from '../lib/seed.js';
import type { Ledger } from './ledger.js';

/** Requests at a time. */
const TOGETHER = 16;
/** Logged-out sessions that are tried again, the latest ones; storage is searched for all of them. */
const MOST_TRIED = 200;
/** Users who log in to show that they are there. */
const MOST_LOGINS = 20;

/** What a store holds after its server's end, beside what the server had acknowledged. */
export interface Check {
  readonly signal: NodeJS.Signals;
  readonly users: number;
  /** Sessions that must open and did, and sessions that must not and did not. */
  readonly open: number;
  readonly refused: number;
  /** What is not as it was acknowledged; empty when all is well. */
  readonly wrong: readonly string[];
}

/** Opens a stopped server's storage and compares it with what was acknowledged. */
export async function checkStorage(folder: string, ledger: Ledger): Promise<string[]> {
  const wrong: string[] = [];
  const storage = await openStorage({ folder, durableSessions: true, warn: () => {} });
  try {
    const emails = new Set((await User.all()).map(({ email }) => email ?? ''));
    const digests = new Set((await UserSession.all()).map(({ session_id }) => session_id));
    for (const email of ledger.users) if (!emails.has(email)) wrong.push(`${email} is lost`);
    for (const email of emails) {
      if (!ledger.users.has(email) && !ledger.maybeUsers.has(email)) wrong.push(`${email} was never there`);
    }
    const now = Date.now();
    const known = new Set([...ledger.runOut, ...ledger.maybeOut]);
    for (const session of ledger.sessions) {
      known.add(session.digest);
      const mustBeThere = ledger.verdictOn(session, now, now) === 'open';
      if (mustBeThere && !digests.has(session.digest)) wrong.push('an acknowledged session is lost');
    }
    for (const digest of ledger.loggedOut.keys()) if (digests.has(digest)) wrong.push('a logout is lost');
    const strangers = [...digests].filter((digest) => !known.has(digest) && !ledger.loggedOut.has(digest));
    if (strangers.length > ledger.maybeSessions) wrong.push(`${strangers.length} sessions of nobody`);
  } finally {
    await storage.close();
  }
  return wrong;
}

/** Asks a server that was started on the storage for everything that was acknowledged. */
export async function checkAnswers(
  port: number,
  ledger: Ledger,
  lost: number,
): Promise<Omit<Check, 'signal' | 'users'>> {
  const client = new Client(port);
  const wrong: string[] = [];
  let [open, refused] = [0, 0];
  const note = (isOpen: boolean, verdict: string, what: string): void => {
    if (isOpen) open += 1;
    else refused += 1;
    if (verdict !== 'either' && isOpen !== (verdict === 'open'))
      wrong.push(`${what} is ${isOpen ? 'open' : 'refused'}`);
  };
  await eachOf([...ledger.sessions], async (session) => {
    const sent = Date.now();
    const { status } = await client.send('GET', WHO_AM_I, { cookie: session.cookie });
    const answered = Date.now();
    const verdict = ledger.verdictOn(session, sent, answered, lost);
    note(status === 200, verdict, 'an acknowledged session');
    if (status === 200) session.lastUse = { sent, answered };
  });
  await eachOf([...ledger.loggedOut.values()].slice(-MOST_TRIED), async (cookie) => {
    const { status } = await client.send('GET', WHO_AM_I, { cookie });
    note(status === 200, 'over', 'a session that was logged out');
  });
  await eachOf([...ledger.users].slice(-MOST_LOGINS), async (email) => {
    const { status } = await client.send('POST', '/auth/login', { body: { email, password: PASSWORD } });
    ledger.maybeSessions += 1;
    if (status !== 200) wrong.push(`${email} cannot log in: ${status}`);
  });
  client.close();
  return { open, refused, wrong };
}

async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  const worker = async (): Promise<void> => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: TOGETHER }, worker));
}

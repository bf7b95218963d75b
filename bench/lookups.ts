/**
 * What a login costs besides scrypt, and each look-up by itself, with 10 users and with 100,000: the ratio says how
 * cost grows. See bench/README.md.
 */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fs from 'fs-extra';
import { checkPassword } from '../api/services/credentials.js';
import { SessionDBAuth } from '../api/v1/auth/session_db_auth.js';
import { PasswordHasher } from '../models/password.js';
import { openStorage } from '../models/storage.js';
import { User } from '../models/user.js';
import { UserSession } from '../models/user_session.js';

const SMALL = 10;
const LARGE = Number(process.env['USERS'] ?? 100_000);
const ROUNDS = 5;

type Step = (i: number) => Promise<unknown>;

/** Microseconds of one call, the median of rounds of `calls`. */
async function micros(step: Step, calls: number): Promise<number> {
  const rounds = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const start = performance.now();
    for (let i = 0; i < calls; i += 1) await step(round * calls + i);
    rounds.push(((performance.now() - start) * 1000) / calls);
  }
  // The first round warms up.
  return rounds.slice(1).toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
}

async function measure(users: number): Promise<Map<string, number>> {
  const folder = await fs.mkdtemp(join(tmpdir(), 'gatehouse-bench-'));
  const storage = await openStorage({ folder, durableSessions: true, warn: console.error });
  // The cheapest scrypt there is: what is left is our own work.
  User.useHasher(new PasswordHasher({ cost: { logN: 1, r: 1, p: 1 }, parallel: 2, waiting: 64 }));
  try {
    const ids: string[] = [];
    const sessionIds: string[] = [];
    const hash = new User();
    await hash.setPassword('secret');
    const { _password } = hash.toRecord() as unknown as { _password: string };
    const make = async (i: number): Promise<void> => {
      const user = new User({ email: `user${i}@example.com`, _password });
      await user.save();
      ids.push(user.id);
      sessionIds.push(await UserSession.start(user.id));
    };
    for (let i = 0; i < users; i += 1000) {
      await Promise.all(Array.from({ length: Math.min(1000, users - i) }, (_, k) => make(i + k)));
    }
    const auth = new SessionDBAuth({ cookieName: 'c', idleSeconds: 0, sessionDuration: 0 });
    // A stride, so that neighbours in memory are not asked for one after another.
    const pick = (i: number): number => (i * 7919) % users;
    const steps: [name: string, step: Step, calls: number][] = [
      ['by id', (i) => User.get(ids[pick(i)]), 20_000],
      ['by email', (i) => User.findByEmail(`USER${pick(i)}@example.com`), 20_000],
      ['by session id', (i) => UserSession.findBySessionId(sessionIds[pick(i)] ?? ''), 20_000],
      ['sessions of a user', (i) => UserSession.search({ user_id: ids[pick(i)] ?? '' }), 20_000],
      ['login, durable', (i) => login(auth, `user${pick(i)}@example.com`), 500],
    ];
    const results = new Map<string, number>();
    for (const [name, step, calls] of steps) results.set(name, await micros(step, calls));
    return results;
  } finally {
    await storage.close();
    await fs.remove(folder);
  }
}

/** Everything a login does but the answer; the session is ended again, so that a user's sessions do not pile up. */
async function login(auth: SessionDBAuth, email: string): Promise<void> {
  const user = await checkPassword(await User.findByEmail(email), 'secret');
  const sessionId = await auth.createSession(user?.id);
  await auth.destroySession({ headers: { cookie: `c=${sessionId}` } });
}

const small = await measure(SMALL);
const large = await measure(LARGE);
console.log(`microseconds a call          ${SMALL} users   ${LARGE} users   ratio`);
for (const [name, value] of small) {
  const other = large.get(name) ?? Number.NaN;
  const columns = [
    value.toFixed(2).padStart(8),
    other.toFixed(2).padStart(14),
    (other / value).toFixed(2).padStart(7),
  ];
  console.log(`  ${name.padEnd(26)}${columns.join(' ')}`);
}

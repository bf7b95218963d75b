import { randomUUID } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { nanoid } from 'nanoid';
import { changeLine, headerLine } from '../../models/engine/log_format.js';
import type { StoredRecord } from '../../models/engine/storage_engine.js';
import { PasswordHasher, type ScryptCost } from '../../models/password.js';
import { User } from '../../models/user.js';
import { digestOf, UserSession, type UserSessionAttributes } from '../../models/user_session.js';
import { scratchFolder } from './scratch.js';

export const EMAIL = 'ann@example.org';
export const PASSWORD = 'a sentence nobody guesses';
/** Sessions of each user. */
const SESSIONS_EACH = 10;
/** Records that go into one write. */
const SLICE = 10_000;

/** Cheap, so that many logins do not take all day: for figures that are not about scrypt. */
export const CHEAP_SCRYPT = '4,8,1';

export interface SeedOptions {
  /** As `SCRYPT_COST` has it. */
  readonly scrypt?: string;
  /** Users there are at least, beside {@link EMAIL}. */
  readonly users?: number;
  /** What a session is to say of itself, besides whose it is. */
  readonly attributes?: (i: number) => UserSessionAttributes;
}

/** A storage folder with a user who can log in, others with the same password, and so many sessions, ten of each user. */
export async function seededFolder(sessions: number, options: SeedOptions = {}): Promise<string> {
  const folder = await scratchFolder();
  const count = Math.max(options.users ?? 0, Math.ceil(sessions / SESSIONS_EACH));
  const users = await makeUsers(count, costOf(options.scrypt ?? CHEAP_SCRYPT));
  await writeRecords(folder, 'User', users.length, (i) => (users[i] as User).toRecord());
  await writeRecords(folder, 'UserSession', sessions, (i) =>
    sessionRecord({ user_id: users[1 + (i % count)]?.id ?? '', ...options.attributes?.(i) }),
  );
  return folder;
}

/** A user of {@link seededFolder} other than {@link EMAIL}. */
export function emailOf(i: number): string {
  return `user${i}@example.org`;
}

export type SessionRecord = StoredRecord & { readonly session_id: string };

/** A session as a login stores it, with everything it has. */
export function sessionRecord(attributes: UserSessionAttributes = {}): SessionRecord {
  const details = { device: 'Firefox on Linux', address: '192.0.2.x' };
  const session_id = digestOf(nanoid(32));
  const session = new UserSession({ user_id: randomUUID(), session_id, ...details, ...attributes });
  return { ...session.toRecord(), session_id };
}

/**
 * Writes a model's file as the engine would have, without its waiting for each record.
 * @param alsoTo whatever else is to have the same records, some at a time.
 */
export async function writeRecords<Record extends StoredRecord>(
  folder: string,
  model: string,
  count: number,
  recordAt: (i: number) => Record,
  alsoTo?: (records: readonly Record[]) => Promise<void>,
): Promise<void> {
  const file = await open(join(folder, `${model}.jsonl`), 'wx', 0o600);
  await file.write(headerLine(model));
  for (let from = 0; from < count; from += SLICE) {
    const size = Math.min(SLICE, count - from);
    const records = Array.from({ length: size }, (_, i) => recordAt(from + i));
    await file.write(records.map(changeLine).join(''));
    await alsoTo?.(records);
  }
  await file.datasync();
  await file.close();
}

/** {@link EMAIL} and so many others, all with one password. */
export async function makeUsers(others: number, cost: ScryptCost): Promise<User[]> {
  const hasher = new PasswordHasher({ cost, parallel: 1, waiting: 1 });
  const password = { _password: await hasher.hash(PASSWORD), password_changed_at: new Date().toISOString() };
  const ann = new User({ email: EMAIL, first_name: 'Ann', last_name: 'Example', ...password });
  const rest = Array.from({ length: others }, (_, i) => {
    return new User({ email: emailOf(i), first_name: 'U', last_name: String(i), ...password });
  });
  return [ann, ...rest];
}

export function costOf(text: string): ScryptCost {
  const [logN = 0, r = 0, p = 0] = text.split(',').map(Number);
  return { logN, r, p };
}

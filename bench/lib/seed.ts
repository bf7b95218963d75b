import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fs from 'fs-extra';
import { PasswordHasher } from '../../models/password.js';
import { openStorage } from '../../models/storage.js';
import { User } from '../../models/user.js';
import { UserSession } from '../../models/user_session.js';

export const EMAIL = 'ann@example.org';
export const PASSWORD = 'a sentence nobody guesses';
/** Writers at a time: they share the disk's syncs. */
const WRITERS = 2000;

/** Cheap, so that many logins do not take all day; no figure here is about it. */
export const CHEAP_SCRYPT = '4,8,1';

/** A storage folder with a user who can log in, others, and so many sessions, ten of each user. */
export async function seededFolder(sessions: number): Promise<string> {
  const folder = await fs.mkdtemp(join(tmpdir(), 'gatehouse-bench-'));
  const storage = await openStorage({ folder, durableSessions: true, warn: console.error });
  User.useHasher(new PasswordHasher({ cost: { logN: 4, r: 8, p: 1 }, parallel: 2, waiting: 64 }));
  const ann = new User({ email: EMAIL, first_name: 'Ann', last_name: 'Example' });
  await ann.setPassword(PASSWORD);
  await ann.save();
  const { _password } = ann.toRecord() as unknown as { _password: string };
  const details = { device: 'Firefox on Linux', address: '192.0.2.x' };
  const owners: string[] = [];
  await inParallel(Math.ceil(sessions / 10), async (i) => {
    const user = new User({
      email: `user${i}@example.org`,
      first_name: 'U',
      last_name: String(i),
      _password,
    });
    await user.save();
    owners.push(user.id);
  });
  await inParallel(sessions, async (i) => {
    await UserSession.start(owners[i % owners.length] ?? '', details);
  });
  await storage.close();
  return folder;
}

async function inParallel(count: number, work: (i: number) => Promise<void>): Promise<void> {
  for (let from = 0; from < count; from += WRITERS) {
    await Promise.all(Array.from({ length: Math.min(WRITERS, count - from) }, (_, i) => work(from + i)));
  }
}

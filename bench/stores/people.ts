import { openStorage } from '../../models/storage.js';
import { CHEAP_SCRYPT, costOf, emailOf, makeUsers } from '../lib/seed.js';

/** Users who ask in turns: none of their requests can share a look-up with one of the same user. */
export const PEOPLE = 256;

export interface Place {
  readonly folder: string;
  /** As `STORAGE_URL`; null: files. */
  readonly url: string | null;
}

/** Stores the users where a server is about to look for them. */
export async function storePeople({ folder, url }: Place): Promise<void> {
  const storage = await openStorage({ folder, url, durableSessions: true, warn: () => {} });
  try {
    const users = await makeUsers(PEOPLE, costOf(CHEAP_SCRYPT));
    await Promise.all(users.map((user) => user.save()));
  } finally {
    await storage.close();
  }
}

/** The emails of those who log in. */
export function emails(): string[] {
  return Array.from({ length: PEOPLE }, (_, i) => emailOf(i));
}

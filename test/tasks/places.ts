import { SERVERS, STORE } from '../support/stores.js';
import { runSql } from '../support/postgres_process.js';

/** Where the servers of a page keep their records, and how many there are. */
export interface Place {
  readonly servers: number;
  readonly env: Readonly<Record<string, string>>;
}

/** A folder of its own for the one server: how everybody begins. */
export const FOLDER: Place = { servers: 1, env: {} };

/**
 * A place where nobody has been, on what TEST_STORE and TEST_SERVERS say: a schema of PostgreSQL and a numbered database
 * of Redis. Both are there already (see test/stores/run.ts).
 */
export async function newPlace(number: number): Promise<Place> {
  if (!STORE.startsWith('postgres')) return FOLDER;
  const url = new URL(process.env['TEST_POSTGRES_URL'] ?? '');
  const schema = `gatehouse_tasks_${process.pid}_${number}`;
  await runSql(url.href, `create schema ${schema}`);
  url.searchParams.set('options', `-c search_path=${schema}`);
  const redis = `${process.env['TEST_REDIS_URL']}/${number}`;
  const sessions = STORE === 'postgres+redis' ? { SESSION_STORAGE_URL: redis } : {};
  return { servers: SERVERS, env: { STORAGE_URL: url.href, ...sessions } };
}

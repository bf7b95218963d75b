import { HAS_POSTGRES, PostgresProcess, stopAllPostgres } from '../../bench/lib/postgres_process.js';

export { PostgresProcess };

/** A server that somebody runs for the tests; it is never stopped or paused. */
const GIVEN_URL = process.env['TEST_POSTGRES_URL'];
let shared: Promise<PostgresProcess> | null = null;
let schemas = 0;
const cleanUps: (() => Promise<unknown>)[] = [];

/** The server for all tests of this process. */
export async function sharedPostgresUrl(): Promise<string> {
  return GIVEN_URL ?? (await (shared ??= PostgresProcess.start())).url;
}

/**
 * The URL of a place where nobody has been, until the test is over. Give it twice for two processes.
 * @param own a server that the test started itself; else the one that all tests share.
 */
export async function postgresUrl(own?: PostgresProcess): Promise<string> {
  const url = own?.url ?? (await sharedPostgresUrl());
  const schema = `gatehouse_test_${process.pid}_${(schemas += 1)}`;
  await runSql(url, `create schema ${schema}`);
  if (!own) cleanUps.push(() => runSql(url, `drop schema ${schema} cascade`));
  const place = new URL(url);
  place.searchParams.set('options', `-c search_path=${schema}`);
  return place.href;
}

/** Runs statements beside the store, as an administrator would. */
export async function runSql(url: string, text: string): Promise<readonly Record<string, unknown>[]> {
  // Loaded here: this file is a part of every test, and most have no use for it.
  const { default: postgres } = await import('postgres');
  const sql = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => {} });
  try {
    return await sql.unsafe(text);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** For `beforeEach`: skips the test, saying why, where there is no PostgreSQL. */
export function needPostgres(this: Mocha.Context): void {
  const reason = 'PostgreSQL is not installed, and TEST_POSTGRES_URL is not set';
  if (GIVEN_URL === undefined && !HAS_POSTGRES) skip(this, reason);
}

/** For `beforeEach`: skips the test where there is no PostgreSQL that may be killed. */
export function needOwnPostgres(this: Mocha.Context): void {
  if (!HAS_POSTGRES) skip(this, 'PostgreSQL is not installed');
}

function skip(context: Mocha.Context, reason: string): void {
  if (context.currentTest) context.currentTest.title += ` (skipped: ${reason})`;
  context.skip();
}

/** Removes what a test left on the shared server; see setup.ts. */
export async function cleanUpPostgres(): Promise<void> {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
}

/** Ends all servers; see setup.ts. */
export async function stopPostgres(): Promise<void> {
  shared = null;
  await stopAllPostgres();
}

import type { Findings } from '../lib/findings.js';
import { PostgresProcess } from '../lib/postgres_process.js';
import { startRedis } from '../lib/redis_process.js';
import { progress } from '../lib/stats.js';

/** A database server that takes part. */
export interface Engine {
  readonly url: string;
  /** Seconds of CPU that it has used so far; NaN for one that somebody else runs. */
  readonly cpu: number;
}

/** Those there are; null: the machine has none. */
export interface Engines {
  readonly postgres: Engine | null;
  readonly redis: Engine | null;
}

/** More memory than a test needs; everything that keeps a promise after a crash is as it comes. */
const SETTINGS = { max_connections: '100', shared_buffers: '256MB', max_wal_size: '4GB' };

/** By which Redis loses nothing acknowledged in a crash, as PostgreSQL does by itself. */
const DURABLE = { appendfsync: 'always', save: '' };

/**
 * Servers of our own in temporary folders, or those that BENCH_POSTGRES_URL and BENCH_REDIS_URL name. One that there
 * is not is among the findings.
 */
export async function startEngines(findings: Findings): Promise<Engines> {
  const { BENCH_POSTGRES_URL, BENCH_REDIS_URL } = process.env;
  const postgres = BENCH_POSTGRES_URL === undefined ? await ownPostgres() : given(BENCH_POSTGRES_URL);
  const redis = BENCH_REDIS_URL === undefined ? await startRedis(DURABLE) : given(BENCH_REDIS_URL);
  if (!postgres) findings.note(skipped('PostgreSQL', 'BENCH_POSTGRES_URL'));
  if (!redis) findings.note(skipped('Redis', 'BENCH_REDIS_URL'));
  return { postgres, redis };
}

async function ownPostgres(): Promise<Engine | null> {
  return PostgresProcess.start(SETTINGS).catch((error: unknown) => {
    progress(String(error));
    return null;
  });
}

function skipped(name: string, variable: string): string {
  return `${name} is not installed or does not start, and ${variable} is not set: whatever needs it is skipped`;
}

function given(url: string): Engine {
  return { url, cpu: Number.NaN };
}

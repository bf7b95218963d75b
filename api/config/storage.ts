import { parsePostgresUrl } from '../../models/engine/postgres/postgres_url.js';
import { parseRedisUrl } from '../../models/engine/redis/redis_url.js';
import type { Reader } from './reader.js';

/** What a URL of Redis begins with: a server of its own, behind Sentinel, or a cluster, each with TLS too. */
const REDIS = /^rediss?(?:\+sentinel|\+cluster)?:/;

/** Where records are kept. The URLs may hold passwords: they are for the stores alone. */
export interface StorageUrls {
  /** `postgres://…`; null: files in the storage folder. */
  readonly storageUrl: string | null;
  /** `redis://…` for what expires, sessions and counts of the throttle; null: where all else is. */
  readonly sessionStorageUrl: string | null;
}

/** Reads `STORAGE_URL` and `SESSION_STORAGE_URL`. A problem never shows the value, which may hold a password. */
export function readStorageUrls(reader: Reader): StorageUrls {
  return {
    storageUrl: readUrl(reader, 'STORAGE_URL', [
      ['file:', /^file:$/, null],
      ['postgres://', /^postgres(?:ql)?:/, parsePostgresUrl],
    ]),
    sessionStorageUrl: readUrl(reader, 'SESSION_STORAGE_URL', [['redis://', REDIS, parseRedisUrl]]),
  };
}

/** A sort of URL: how it is written, how it is told from others, and what reads it; null: it means no URL at all. */
type Sort = readonly [form: string, pattern: RegExp, parse: ((url: string) => unknown) | null];

function readUrl(reader: Reader, name: string, sorts: readonly Sort[]): string | null {
  const url = reader.text(name);
  if (url === null) return null;
  const [, , parse] = sorts.find(([, pattern]) => pattern.test(url)) ?? [];
  if (parse === undefined)
    reader.problems.push(`${name} must begin with ${sorts.map(([form]) => form).join(' or ')}`);
  if (!parse) return null;
  try {
    parse(url);
    return url;
  } catch (error) {
    reader.problems.push(`${name} cannot be used: ${(error as Error).message}`);
    return null;
  }
}

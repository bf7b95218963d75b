import { parsePostgresUrl } from '../../models/engine/postgres/postgres_url.js';
import type { Reader } from './reader.js';

/** Where records are kept. The URLs may hold passwords: they are for the stores alone. */
export interface StorageUrls {
  /** `postgres://…`; null: files in the storage folder. */
  readonly storageUrl: string | null;
}

/** Reads `STORAGE_URL`. A problem never shows the value, which may hold a password. */
export function readStorageUrls(reader: Reader): StorageUrls {
  return { storageUrl: readStorageUrl(reader) };
}

function readStorageUrl(reader: Reader): string | null {
  const url = reader.text('STORAGE_URL');
  if (url === null || url === 'file:') return null;
  if (!/^postgres(?:ql)?:/.test(url)) {
    reader.problems.push('STORAGE_URL must be file: or begin with postgres://');
    return null;
  }
  try {
    parsePostgresUrl(url);
    return url;
  } catch (error) {
    reader.problems.push(`STORAGE_URL cannot be used: ${(error as Error).message}`);
    return null;
  }
}

import { resolve } from 'node:path';
import type { Address } from '../../models/migration/open_place.js';
import { loadConfig, type Config } from '../config.js';
import { Reader, type Environment } from './reader.js';

/** The options of `npm run migrate` that say where something is. */
export interface PlaceTexts {
  readonly from: string;
  readonly to: string;
  readonly sessionsFrom?: string;
  readonly sessionsTo?: string;
}

/** The same, read; null: sessions and throttle entries have no store of their own. */
export interface Addresses {
  readonly from: Address;
  readonly to: Address;
  readonly sessionsFrom: Address | null;
  readonly sessionsTo: Address | null;
}

/** Where the signing keys are. */
export type KeySettings = Pick<Config, 'keysFile' | 'appKeys'> & {
  /** False: the keys file of a server on files is in its storage folder. */
  readonly isKeysFileSet: boolean;
};

export interface MigrationSettings extends KeySettings {
  readonly addresses: Addresses;
}

/**
 * Reads everything a migration needs to know; of the environment, what is about storage and keys.
 * @throws Error as {@link loadAddresses}; ConfigError.
 */
export function loadMigration(texts: PlaceTexts, env: Environment): MigrationSettings {
  const addresses = loadAddresses(texts, env);
  const { STORAGE_DIR, KEYS_FILE, APP_KEYS } = env;
  const { keysFile, appKeys } = loadConfig({ STORAGE_DIR, KEYS_FILE, APP_KEYS }).config;
  return { addresses, keysFile, appKeys, isKeysFileSet: new Reader(env).text('KEYS_FILE') !== null };
}

/**
 * Reads where a migration goes from and to.
 * @throws Error that names the option and shows nothing of what it says, which may hold a password.
 */
function loadAddresses(texts: PlaceTexts, env: Environment): Addresses {
  const reader = new Reader(env);
  const { from, to, sessionsFrom, sessionsTo } = texts;
  return {
    from: storeIn('--from', from, reader),
    to: storeIn('--to', to, reader),
    sessionsFrom: sessionsFrom === undefined ? null : sessionStoreIn('--sessions-from', sessionsFrom, reader),
    sessionsTo: sessionsTo === undefined ? null : sessionStoreIn('--sessions-to', sessionsTo, reader),
  };
}

function storeIn(option: string, text: string, reader: Reader): Address {
  const url = urlIn(option, text, reader);
  if (/^postgres(?:ql)?:/.test(url)) return { kind: 'postgres', url };
  if (!url.startsWith('file:')) throw new Error(`${option} must be file:DIR, postgres://… or env:NAME`);
  const folder = url.slice('file:'.length) || (reader.text('STORAGE_DIR') ?? 'storage');
  return { kind: 'file', folder: resolve(folder) };
}

function sessionStoreIn(option: string, text: string, reader: Reader): Address {
  const url = urlIn(option, text, reader);
  if (/^rediss?(?:\+\w+)?:/.test(url)) return { kind: 'redis', url };
  throw new Error(`${option} must be redis://…, rediss://… or env:NAME`);
}

/** `env:NAME` stands for what that variable says: other users of a machine can read command lines. */
function urlIn(option: string, text: string, reader: Reader): string {
  if (!text.startsWith('env:')) return text;
  const url = reader.text(text.slice('env:'.length));
  if (url === null) throw new Error(`${option} names a variable of the environment that is not set`);
  return url;
}

import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { ScryptCost } from '../models/password.js';
import { readNetwork, type Tls } from './config/network.js';
import { Reader, type Environment } from './config/reader.js';
import { readScrypt } from './config/scrypt.js';
import { readStorageUrls } from './config/storage.js';

/** The schemes that `AUTH_TYPE` can name; null is the open API. */
export const AUTH_TYPES = [
  'auth',
  'basic_auth',
  'session_auth',
  'session_exp_auth',
  'session_db_auth',
  'jwt_auth',
] as const;
export type AuthType = (typeof AUTH_TYPES)[number];

/** Characters; a key in hexadecimal digits then has 128 bits. */
const LEAST_KEY = 32;

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** Everything the environment decides, checked. docs/configuration.md explains each variable. */
export interface Config {
  readonly production: boolean;
  readonly host: string;
  readonly port: number;
  readonly authType: AuthType | null;
  readonly sessionName: string;
  /** Seconds a session lives in the expiring schemes; 0: only the ceiling of 30 days ends it. */
  readonly sessionDuration: number;
  /** Seconds without a request after which a session ends; 0: never. */
  readonly sessionIdle: number;
  readonly storageDir: string;
  /** `postgres://…`, where records are kept instead of in `storageDir`; null: there. A secret: it may hold a password. */
  readonly storageUrl: string | null;
  /** `redis://…`, where sessions and the throttle's counts are kept instead; null: with the rest. A secret as well. */
  readonly sessionStorageUrl: string | null;
  /** The file with the signing keys. */
  readonly keysFile: string;
  /** Signing keys that count instead of those in the file, newest first; none: the file's. */
  readonly appKeys: readonly string[];
  /** What the server speaks https with itself; null: plain http. */
  readonly tls: Tls | null;
  /** How many proxies are in front (0: none is trusted), or their addresses, CIDRs and names of proxy-addr. */
  readonly trustProxy: number | readonly string[];
  readonly cookieSecure: 'auto' | 'on' | 'off';
  /** Origins that may read answers in a browser: all (`*`), those listed, or none. */
  readonly corsOrigins: '*' | readonly string[];
  readonly loginErrors: 'course' | 'uniform';
  readonly usersReadable: 'all' | 'own';
  /** Shortest password in characters: at least 8. */
  readonly passwordMin: number;
  /** The same for the course's `POST /api/v1/users`, which takes any outside production unless a length is set. */
  readonly coursePasswordMin: number;
  /** What this service calls itself to people. */
  readonly serviceName: string;
  readonly registration: 'open' | 'closed';
  /** Sessions a user may have at once; one more ends the oldest. */
  readonly maxSessions: number;
  /** Seconds for which a login counts as fresh after the password was given. */
  readonly freshSeconds: number;
  /** What `iss` and `aud` of tokens say. */
  readonly jwt: { readonly issuer: string; readonly audience: string };
  readonly scrypt: { readonly cost: ScryptCost; readonly parallel: number; readonly waiting: number };
  /** What is kept of the audit trail: days before today, and megabytes (1,000,000 bytes) of all its files. */
  readonly audit: { readonly days: number; readonly maxMegabytes: number };
  readonly logLevel: (typeof LOG_LEVELS)[number];
}

/** The environment cannot be used. `problems` has one sentence for each bad variable. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(problems: readonly string[]) {
    super(`The configuration cannot be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

/** Browsers keep cookies with these names only when they are Secure, whatever the case (RFC 6265bis, 4.1.3). */
const SECURE_PREFIX = /^__(?:Host|Secure)-/i;

/**
 * Reads and checks the environment: the only place that does.
 * @returns the configuration, and warnings that a start should show.
 * @throws ConfigError listing every bad value.
 */
export function loadConfig(env: Environment): { config: Config; warnings: readonly string[] } {
  const reader = new Reader(env);
  const production = reader.text('NODE_ENV') === 'production';
  const passwordMin = reader.whole('PASSWORD_MIN', production ? 15 : 8, 8, 256);
  const { allowsHttp, ...network } = readNetwork(reader, production);
  const isHttps = production && !allowsHttp;
  const storageDir = readStorageDir(reader);
  const authType = readAuthType(reader, production);
  const config: Config = {
    production,
    ...network,
    authType,
    sessionName: readSessionName(reader, authType, production, isHttps),
    sessionDuration: readSessionDuration(reader, production),
    sessionIdle: reader.whole('SESSION_IDLE', production ? 1800 : 0, 0, 2_592_000),
    storageDir,
    ...readStorageUrls(reader),
    keysFile: resolve(reader.text('KEYS_FILE') ?? join(storageDir, 'keys.json')),
    appKeys: readAppKeys(reader),
    cookieSecure: reader.choice('COOKIE_SECURE', ['auto', 'on', 'off'], isHttps ? 'on' : 'auto'),
    corsOrigins: readCorsOrigins(reader, production),
    loginErrors: reader.choice('LOGIN_ERRORS', ['course', 'uniform'], production ? 'uniform' : 'course'),
    usersReadable: reader.choice('USERS_READABLE', ['all', 'own'], production ? 'own' : 'all'),
    passwordMin,
    coursePasswordMin: production || reader.text('PASSWORD_MIN') !== null ? passwordMin : 1,
    serviceName: readServiceName(reader),
    registration: reader.choice('REGISTRATION', ['open', 'closed'], 'open'),
    maxSessions: reader.whole('MAX_SESSIONS', 50, 1, 10_000),
    freshSeconds: reader.whole('FRESH_SECONDS', 300, 1, 86_400),
    jwt: {
      issuer: reader.text('JWT_ISSUER') ?? 'gatehouse',
      audience: reader.text('JWT_AUDIENCE') ?? 'gatehouse',
    },
    scrypt: readScrypt(reader, production),
    audit: {
      days: reader.whole('AUDIT_DAYS', 90, 1, 3650),
      maxMegabytes: reader.whole('AUDIT_MAX_MB', 100, 1, 10_000),
    },
    logLevel: reader.choice('LOG_LEVEL', LOG_LEVELS, 'info'),
  };
  if (SECURE_PREFIX.test(config.sessionName) && config.cookieSecure !== 'on') {
    reader.problems.push(
      `SESSION_NAME ${config.sessionName} needs COOKIE_SECURE=on: browsers refuse it otherwise`,
    );
  }
  if (reader.problems.length > 0) throw new ConfigError(reader.problems);
  return { config, warnings: reader.warnings };
}

function readAuthType(reader: Reader, production: boolean): AuthType | null {
  const value = reader.text('AUTH_TYPE');
  const type = AUTH_TYPES.find((candidate) => candidate === value) ?? null;
  if (value !== null && type === null) {
    reader.problems.push(`AUTH_TYPE must be one of ${AUTH_TYPES.join(', ')}, not "${value}"`);
  } else if (type === null && production) {
    reader.problems.push(`AUTH_TYPE must be set in production: one of ${AUTH_TYPES.join(', ')}`);
  } else if (type === null) {
    reader.warnings.push(
      'AUTH_TYPE is not set: the API is open, everybody may read, change and delete all users',
    );
  }
  return type;
}

/** What the cookie is called where a scheme is known by another name for it. */
const OTHER_COOKIES: { readonly [type in AuthType]?: string } = { jwt_auth: 'access_token_cookie' };

/** A cookie's name is a token (RFC 6265, section 4.1.1). */
function readSessionName(
  reader: Reader,
  authType: AuthType | null,
  production: boolean,
  isHttps: boolean,
): string {
  const plain = production ? 'session' : '_my_session_id';
  const usual = (authType && OTHER_COOKIES[authType]) ?? plain;
  const name = reader.text('SESSION_NAME') ?? (isHttps ? `__Host-${usual}` : usual);
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name))
    reader.problems.push(`SESSION_NAME "${name}" is no name for a cookie`);
  return name;
}

function readSessionDuration(reader: Reader, production: boolean): number {
  const value = reader.text('SESSION_DURATION');
  if (value === null && !reader.isSet('SESSION_DURATION')) return production ? 43_200 : 0;
  if (value !== null && /^[+-]?\d+$/.test(value)) return Math.max(0, Number(value));
  const problem = `SESSION_DURATION must be a whole number of seconds, not "${value ?? ''}"`;
  if (production) reader.problems.push(problem);
  else reader.warnings.push(`${problem}; sessions never expire, as with 0`);
  return 0;
}

/** The folder, which must exist or be possible to make, and be writable. */
function readStorageDir(reader: Reader): string {
  const folder = resolve(reader.text('STORAGE_DIR') ?? 'storage');
  let existing = folder;
  while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing);
  try {
    if (!statSync(existing).isDirectory()) throw new Error(`${existing} is no folder`);
    accessSync(existing, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    reader.problems.push(`STORAGE_DIR ${folder} cannot be written: ${(error as Error).message}`);
  }
  return folder;
}

/** Secrets, so a problem never shows them. */
function readAppKeys(reader: Reader): readonly string[] {
  const keys = reader.text('APP_KEYS')?.split(',') ?? [];
  for (const [index, key] of keys.map((text) => text.trim()).entries()) {
    if (key.length >= LEAST_KEY) continue;
    reader.problems.push(
      `APP_KEYS must be keys of at least ${LEAST_KEY} characters, separated by commas; ` +
        `number ${index + 1} has ${key.length}`,
    );
  }
  return keys.map((key) => key.trim());
}

function readCorsOrigins(reader: Reader, production: boolean): '*' | readonly string[] {
  const value = reader.text('CORS_ORIGINS') ?? (production ? 'none' : '*');
  if (value === '*') return '*';
  if (value === 'none') return [];
  const origins = value.split(',').map((origin) => origin.trim());
  for (const origin of origins) {
    if (URL.canParse(origin) && new URL(origin).origin === origin) continue;
    reader.problems.push(
      `CORS_ORIGINS must be *, none, or origins like https://app.example, not "${origin}"`,
    );
  }
  return origins;
}

/** People read it on pages and in messages, so it is one short line. */
function readServiceName(reader: Reader): string {
  const name = reader.text('SERVICE_NAME') ?? 'Gatehouse';
  if (name.length > 64 || /\p{C}/u.test(name))
    reader.problems.push(`SERVICE_NAME must have at most 64 characters, all of them visible, not "${name}"`);
  return name;
}

import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, resolve } from 'node:path';
import { DEFAULT_COST, type ScryptCost } from '../models/password.js';

/** The schemes that `AUTH_TYPE` can name; null is the open API. */
export const AUTH_TYPES = [
  'auth',
  'basic_auth',
  'session_auth',
  'session_exp_auth',
  'session_db_auth',
] as const;
export type AuthType = (typeof AUTH_TYPES)[number];

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
  readonly cookieSecure: 'auto' | 'on' | 'off';
  /** Origins that may read answers in a browser: all (`*`), those listed, or none. */
  readonly corsOrigins: '*' | readonly string[];
  readonly loginErrors: 'course' | 'uniform';
  readonly usersReadable: 'all' | 'own';
  /** Shortest password in characters. */
  readonly passwordMin: number;
  readonly registration: 'open' | 'closed';
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

/** The smallest `p` for each `logN` at r=8 in the OWASP Password Storage Cheat Sheet. */
const OWASP_SCRYPT = new Map([
  [13, 10],
  [14, 5],
  [15, 3],
  [16, 2],
  [17, 1],
]);

/** Browsers keep cookies with these names only when they are Secure, whatever the case (RFC 6265bis, 4.1.3). */
const SECURE_PREFIX = /^__(?:Host|Secure)-/i;

type Environment = Readonly<Record<string, string | undefined>>;

/** Collects what is wrong instead of stopping at the first, so that an operator sees everything at once. */
class Reader {
  readonly problems: string[] = [];
  readonly warnings: string[] = [];
  readonly #env: Environment;

  constructor(env: Environment) {
    this.#env = env;
  }

  /** The variable's text; null when it is unset or empty. */
  text(name: string): string | null {
    const value = this.#env[name]?.trim();
    return value === undefined || value === '' ? null : value;
  }

  isSet(name: string): boolean {
    return this.#env[name] !== undefined;
  }

  choice<T extends string>(name: string, choices: readonly T[], fallback: T): T {
    const value = this.text(name);
    if (value === null) return fallback;
    const choice = choices.find((candidate) => candidate === value);
    if (choice === undefined)
      this.problems.push(`${name} must be one of ${choices.join(', ')}, not "${value}"`);
    return choice ?? fallback;
  }

  whole(name: string, fallback: number, least: number, most: number): number {
    const value = this.text(name);
    if (value === null) return fallback;
    const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
    if (number >= least && number <= most) return number;
    this.problems.push(`${name} must be a whole number from ${least} to ${most}, not "${value}"`);
    return fallback;
  }
}

/**
 * Reads and checks the environment: the only place that does.
 * @returns the configuration, and warnings that a start should show.
 * @throws ConfigError listing every bad value.
 */
export function loadConfig(env: Environment): { config: Config; warnings: readonly string[] } {
  const reader = new Reader(env);
  const production = reader.text('NODE_ENV') === 'production';
  const config: Config = {
    production,
    host: reader.text('API_HOST') ?? '0.0.0.0',
    port: reader.whole('API_PORT', 5000, 0, 65535),
    authType: readAuthType(reader, production),
    sessionName: readSessionName(reader, production),
    sessionDuration: readSessionDuration(reader, production),
    sessionIdle: reader.whole('SESSION_IDLE', production ? 1800 : 0, 0, 2_592_000),
    storageDir: readStorageDir(reader),
    cookieSecure: reader.choice('COOKIE_SECURE', ['auto', 'on', 'off'], production ? 'on' : 'auto'),
    corsOrigins: readCorsOrigins(reader, production),
    loginErrors: reader.choice('LOGIN_ERRORS', ['course', 'uniform'], production ? 'uniform' : 'course'),
    usersReadable: reader.choice('USERS_READABLE', ['all', 'own'], production ? 'own' : 'all'),
    // Outside production the course's POST /users takes any password, unless a length is asked for.
    passwordMin: reader.whole('PASSWORD_MIN', production ? 15 : 1, 1, 256),
    registration: reader.choice('REGISTRATION', ['open', 'closed'], 'open'),
    scrypt: {
      cost: readScryptCost(reader, production),
      parallel: scryptParallel(reader),
      waiting: reader.whole('SCRYPT_QUEUE', 64, 1, 10_000),
    },
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

/** A cookie's name is a token (RFC 6265, section 4.1.1). */
function readSessionName(reader: Reader, production: boolean): string {
  const name = reader.text('SESSION_NAME') ?? (production ? '__Host-session' : '_my_session_id');
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

function readScryptCost(reader: Reader, production: boolean): ScryptCost {
  const value = reader.text('SCRYPT_COST');
  if (value === null) return DEFAULT_COST;
  const match = /^(\d{1,2}),(\d{1,2}),(\d{1,2})$/.exec(value);
  const [logN, r, p] = match ? match.slice(1).map(Number) : [0, 0, 0];
  if (!logN || !r || !p || logN > 18 || 2 ** logN * r * p > 2 ** 24) {
    reader.problems.push(`SCRYPT_COST must be logN,r,p with logN up to 18, like 15,8,3, not "${value}"`);
    return DEFAULT_COST;
  }
  const leastP = logN > 17 ? 1 : OWASP_SCRYPT.get(logN);
  if (production && (leastP === undefined || r < 8 || p < leastP)) {
    reader.problems.push(
      `SCRYPT_COST ${value} is weaker than OWASP's list (17,8,1 16,8,2 15,8,3 14,8,5 13,8,10)`,
    );
  }
  return { logN, r, p };
}

/** As many hashes at once as there are cores, but two threads of libuv's pool stay free for the files. */
function scryptParallel(reader: Reader): number {
  const threads = reader.whole('UV_THREADPOOL_SIZE', 4, 1, 1024);
  return Math.max(1, Math.min(availableParallelism(), threads - 2));
}

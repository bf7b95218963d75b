import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { checkServerIdentity, type ConnectionOptions } from 'node:tls';

const SSL_MODES = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
type SslMode = (typeof SSL_MODES)[number];

/** What may stand behind the `?`; the names are those of libpq where it has them. */
const PARAMETERS = [
  'sslmode',
  'sslrootcert',
  'sslcert',
  'sslkey',
  'application_name',
  'options',
  'connection_limit',
  'statement_timeout',
];
/** Milliseconds after which the server stops a statement whose caller has given up. */
const STATEMENT_TIMEOUT = 2000;

/** Where a server is and how to talk to it. */
export interface PostgresTarget {
  readonly host: string;
  readonly port: number;
  /** The Unix socket to connect to instead of host and port; null: none. */
  readonly path: string | null;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** As the client takes it: false is plain text, `prefer` is TLS where the server has it. */
  readonly ssl: false | 'prefer' | ConnectionOptions;
  /** Connections that one process opens at most. */
  readonly connections: number;
  /** Milliseconds after which the server stops a statement by itself; 0: it is not told (some poolers refuse to be). */
  readonly statementTimeout: number;
  /** What a new connection tells the server of itself. */
  readonly parameters: Readonly<Record<string, string>>;
  /** What to call it in messages: everything but the user and the password. */
  readonly label: string;
}

/** The URL cannot be used. The message says why and never shows the password. */
export class PostgresUrlError extends Error {
  override readonly name = 'PostgresUrlError';
}

/**
 * Reads `postgres://user:password@host:port/database?sslmode=…`. A host that is a folder (`?host` is not read: write
 * `postgres://user@%2Fvar%2Frun%2Fpostgresql/database`) has the server's Unix socket.
 * @throws PostgresUrlError, also when a certificate cannot be read.
 */
export function parsePostgresUrl(text: string): PostgresTarget {
  // The parser's own error carries the whole text.
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^postgres(?:ql)?:$/.test(url.protocol))
    throw new PostgresUrlError('it must be like postgres://user:password@host:5432/database');
  const [host, user, password, database] = [
    url.hostname.replace(/^\[(.*)\]$/, '$1'),
    url.username,
    url.password,
    url.pathname.slice(1),
  ].map(decoded);
  if (!host || !user || !database) throw new PostgresUrlError('it must name a user, a host and a database');
  // After that: with a ? in a password that should be %3F there is no user, and this would show the rest of it.
  const unknown = [...url.searchParams.keys()].find((name) => !PARAMETERS.includes(name));
  if (unknown !== undefined)
    throw new PostgresUrlError(`${unknown} is not known; there are ${PARAMETERS.join(', ')}`);
  const port = url.port === '' ? 5432 : Number(url.port);
  const path = host.startsWith('/') ? `${host}/.s.PGSQL.${port}` : null;
  return {
    host,
    port,
    path,
    user,
    password: password ?? '',
    database,
    // There is no TLS on a Unix socket.
    ssl: path === null ? sslOf(url.searchParams, host) : false,
    connections: whole(url.searchParams, 'connection_limit', 10, 1, 100),
    statementTimeout: whole(url.searchParams, 'statement_timeout', STATEMENT_TIMEOUT, 0, 60_000),
    parameters: {
      application_name: url.searchParams.get('application_name') ?? 'gatehouse',
      ...(url.searchParams.has('options') ? { options: url.searchParams.get('options') ?? '' } : {}),
    },
    label: `${path ?? `${url.hostname}:${port}`}/${database}`,
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new PostgresUrlError('a % in it does not begin a character: write %25 for the sign itself');
  }
}

function whole(
  parameters: URLSearchParams,
  name: string,
  fallback: number,
  least: number,
  most: number,
): number {
  const text = parameters.get(name);
  const number = text === null ? fallback : Number(text);
  if (Number.isInteger(number) && number >= least && number <= most) return number;
  throw new PostgresUrlError(`${name} must be a whole number from ${least} to ${most}`);
}

/**
 * TLS as libpq understands these words, where `require` looks at no certificate unless `sslrootcert` is given. Without
 * a file, `verify-ca` and `verify-full` trust the authorities that Node does.
 */
function sslOf(parameters: URLSearchParams, host: string): PostgresTarget['ssl'] {
  const word = parameters.get('sslmode') ?? 'prefer';
  const mode: SslMode | undefined = SSL_MODES.find((candidate) => candidate === word);
  if (mode === undefined) throw new PostgresUrlError(`sslmode must be one of ${SSL_MODES.join(', ')}`);
  if (mode === 'disable') return false;
  const files = { ca: 'sslrootcert', cert: 'sslcert', key: 'sslkey' };
  const pems = Object.entries(files).flatMap(([option, name]) => {
    const path = parameters.get(name);
    return path === null || path === 'system' ? [] : [[option, pemIn(path, name)] as const];
  });
  const options: ConnectionOptions = Object.fromEntries(pems);
  const hasRoot = parameters.has('sslrootcert');
  if (mode === 'prefer' && pems.length === 0) return 'prefer';
  if (mode === 'prefer') throw new PostgresUrlError('sslmode must say more than prefer when files are given');
  if (mode === 'require' && !hasRoot) return { ...options, rejectUnauthorized: false };
  const isNamed = mode === 'verify-full';
  return {
    ...options,
    rejectUnauthorized: true,
    // Without a name of its own (for an address there is none), Node would compare with "localhost".
    checkServerIdentity: (name, certificate) =>
      isNamed ? checkServerIdentity(isIP(host) ? host : name, certificate) : undefined,
  };
}

function pemIn(path: string, name: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new PostgresUrlError(`${name} cannot be read: ${(error as Error).message}`);
  }
}

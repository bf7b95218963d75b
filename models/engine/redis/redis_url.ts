/** What a Redis URL says. */
export interface RedisAddress {
  readonly kind: 'single' | 'sentinel' | 'cluster';
  /** The server, the sentinels, or some nodes of the cluster. */
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  readonly username: string | null;
  readonly password: string | null;
  /** The number of the database; always 0 on a cluster. */
  readonly db: number;
  /** What sentinels call the master; empty for the other kinds. */
  readonly master: string;
  readonly sentinelUsername: string | null;
  readonly sentinelPassword: string | null;
  readonly tls: boolean;
  /** The path of a file with the certificates to trust instead of the system's; null: the system's. */
  readonly ca: string | null;
}

const FORMS =
  'redis://[user:password@]host[:port][/db], redis+sentinel://[user:password@]host[:port],.../master[/db] or ' +
  'redis+cluster://[user:password@]host[:port],..., each with rediss for TLS';
const SCHEMES = /^(rediss?)(\+sentinel|\+cluster)?:\/\//;
const PARTS = /^(?:([^@/?#]*)@)?([^@/?#]+)(?:\/([^?#]*))?(?:\?([^#]*))?$/;
const HOST = /^(?:\[([\da-f:.]+)\]|([^:[\]\s]+))(?::(\d{1,5}))?$/i;
const OPTIONS = ['ca', 'sentinel_username', 'sentinel_password'];
const PORTS = { single: 6379, sentinel: 26379, cluster: 6379 };

/**
 * Reads a Redis URL.
 * @throws Error that says what is wrong with it and shows none of it: a password may be anywhere in a bad one.
 */
export function parseRedisUrl(url: string): RedisAddress {
  const [start, scheme, plus] = SCHEMES.exec(url) ?? fail('it must begin with redis:// or rediss://');
  const parts = PARTS.exec(url.slice(start.length));
  if (!parts) return fail('signs such as @ / ? # in a user or password must be percent-encoded');
  const kind = plus === '+sentinel' ? 'sentinel' : plus === '+cluster' ? 'cluster' : 'single';
  const [, login, hosts = '', path = '', query = ''] = parts;
  const options = optionsOf(query, kind, scheme === 'rediss');
  return {
    kind,
    hosts: hostsOf(hosts, kind),
    ...loginOf(login),
    ...placeOf(path, kind),
    sentinelUsername: options.get('sentinel_username'),
    sentinelPassword: options.get('sentinel_password'),
    tls: scheme === 'rediss',
    ca: options.get('ca'),
  };
}

/** Every text of an address that must not be shown. */
export function secretsOf(address: RedisAddress): readonly string[] {
  const secrets = [address.password, address.sentinelPassword].filter((secret) => secret !== null);
  return [...secrets, ...secrets.map((secret) => encodeURIComponent(secret))].filter((text) => text !== '');
}

/** The servers of an address, as an operator would name them. */
export function nameOf(address: RedisAddress): string {
  return address.hosts
    .map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`)
    .join(',');
}

function fail(reason: string): never {
  throw new Error(`the Redis URL cannot be used: ${reason}. It is ${FORMS}`);
}

function loginOf(login: string | undefined): { username: string | null; password: string | null } {
  if (login === undefined) return { username: null, password: null };
  const colon = login.indexOf(':');
  // Many write a password alone without its colon; taken for a user, it would be shown.
  if (colon === -1) return fail('a user needs a password, and a password alone a colon before it');
  return {
    username: decoded(login.slice(0, colon)) || null,
    password: decoded(login.slice(colon + 1)) || null,
  };
}

function hostsOf(text: string, kind: RedisAddress['kind']): { host: string; port: number }[] {
  const hosts = text.split(',').map((part) => {
    const [, ipv6, name, port = PORTS[kind]] = HOST.exec(part) ?? fail('a host or port is not one');
    if (Number(port) < 1 || Number(port) > 65_535) return fail('a port is not one');
    return { host: ipv6 ?? name ?? '', port: Number(port) };
  });
  return kind === 'single' && hosts.length > 1 ? fail('a single server is one host') : hosts;
}

function placeOf(path: string, kind: RedisAddress['kind']): { master: string; db: number } {
  const parts = path === '' ? [] : path.split('/').map((part) => decoded(part));
  const master = kind === 'sentinel' ? parts.shift() : '';
  if (kind === 'sentinel' && !master) return fail('the name of the master is missing');
  const db = parts.shift() ?? '0';
  if (!/^\d{1,5}$/.test(db) || parts.length > 0) return fail('a database is a number');
  if (kind === 'cluster' && db !== '0') return fail('a cluster has no database but 0');
  return { master: master ?? '', db: Number(db) };
}

function optionsOf(query: string, kind: RedisAddress['kind'], tls: boolean): URLSearchParams {
  const options = new URLSearchParams(query);
  for (const name of options.keys()) {
    if (!OPTIONS.includes(name)) return fail(`of options there are ${OPTIONS.join(', ')}`);
    if (name === 'ca' && !tls) return fail('certificates (ca) are for rediss://');
    if (name !== 'ca' && kind !== 'sentinel') return fail(`${name} is for sentinels`);
  }
  return options;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return fail('a percent sign must be written as %25');
  }
}

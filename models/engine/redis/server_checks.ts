import type { Redis } from 'ioredis';
import type { Connection } from './connection.js';

/** SET with PXAT, by which a record expires at its time, is as old as this. Valkey counts on from 7.2. */
const LEAST_VERSION = [6, 2] as const;

/**
 * Looks at the servers when a store is opened, and tells the operator in plain words what they do not promise.
 * @throws Error when a server is too old.
 */
export async function checkServers(connection: Connection): Promise<void> {
  const servers = await connection.attempt(async (commands) => commands.servers());
  const findings = await connection.attempt(() => Promise.all(servers.map((server) => findingsOf(server))));
  for (const finding of new Set(findings.flat())) connection.warn(finding);
}

async function findingsOf(server: Redis): Promise<string[]> {
  const [version, persistence, eviction] = await Promise.all([
    versionOf(server),
    settingsOf(server, 'append*'),
    settingsOf(server, 'maxmemory-policy'),
  ]);
  const [major = 0, minor = 0] = (version ?? '').split('.').map(Number);
  if (
    version !== null &&
    (major < LEAST_VERSION[0] || (major === LEAST_VERSION[0] && minor < LEAST_VERSION[1]))
  )
    throw new Error(`Redis ${version} is too old: it must be ${LEAST_VERSION.join('.')} or newer`);
  return [
    version === null ? 'the version of Redis could not be checked' : '',
    persistenceFinding(persistence),
    evictionFinding(eviction),
  ].filter((finding) => finding !== '');
}

function persistenceFinding(settings: ReadonlyMap<string, string> | null): string {
  if (settings === null)
    return 'whether Redis keeps what it acknowledged could not be checked: CONFIG GET is refused';
  if (settings.get('appendonly') !== 'yes')
    return 'Redis may forget acknowledged logins and logouts when it ends: set appendonly yes and appendfsync always';
  if (settings.get('appendfsync') !== 'always')
    return `Redis may forget the last moments in a crash (appendfsync is ${settings.get('appendfsync') ?? 'unknown'}): a logout may be undone. Set appendfsync always`;
  return '';
}

function evictionFinding(settings: ReadonlyMap<string, string> | null): string {
  const policy = settings?.get('maxmemory-policy') ?? 'noeviction';
  if (policy === 'noeviction') return '';
  return policy.startsWith('allkeys-')
    ? `Redis may remove any key when its memory is full (maxmemory-policy is ${policy}): people are logged out, and what others keep there goes too. Set noeviction`
    : `Redis may remove sessions and throttle entries when its memory is full (maxmemory-policy is ${policy}): people are logged out and guessers get new tries. Set noeviction`;
}

/** Null when the server does not say. */
async function versionOf(server: Redis): Promise<string | null> {
  const info = await server.info('server').catch(refused);
  return /^redis_version:([\d.]+)/m.exec(info ?? '')?.[1] ?? null;
}

/** Null when the server does not say: many that are run by somebody else do not. */
async function settingsOf(server: Redis, name: string): Promise<ReadonlyMap<string, string> | null> {
  const answer: unknown = await server.config('GET', name).catch(refused);
  if (!Array.isArray(answer)) return null;
  const words = answer.map(String);
  return new Map(words.flatMap((key, i) => (i % 2 === 0 ? [[key, words[i + 1] ?? ''] as const] : [])));
}

/** A refusal is an answer; a server that is away is not. */
function refused(error: unknown): null {
  if (error instanceof Error && /^(?:NOPERM|ERR unknown)/.test(error.message)) return null;
  throw error;
}

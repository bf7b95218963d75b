import { openSync } from 'node:fs';
import { join } from 'node:path';
import { logIn, startGatehouse } from '../lib/gatehouse.js';
import { startRedis } from '../lib/redis_process.js';
import { scratchFolder } from '../lib/scratch.js';
import { EMAIL, PASSWORD, seededFolder } from '../lib/seed.js';
import { startServer, type Server } from '../lib/server.js';
import { progress } from '../lib/stats.js';

/** What all others are compared with. */
export const YARDSTICK = 'koa hello';

/** A server that is up, and how to ask it who one is. */
export interface Ready {
  readonly server: Server;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Entry {
  readonly name: string;
  start(): Promise<Ready>;
}

export interface EntriesOptions {
  /** The folder in which the peers are installed. */
  readonly peers: string;
  /** Sessions that Gatehouse holds, one server for each. */
  readonly held: readonly number[];
  /** Only servers with this in their name, besides the yardstick. */
  readonly only: string;
}

/** Everybody who takes part. */
export async function entries({ peers, held, only }: EntriesOptions): Promise<Entry[]> {
  const isWanted = (name: string): boolean => name === YARDSTICK || name.includes(only);
  const redis = 'express-session, Redis';
  const redisServer = isWanted(redis) ? await startRedis() : null;
  if (isWanted(redis) && !redisServer)
    progress('no redis-server on this machine: express-session with Redis is skipped');
  const database = join(await scratchFolder(), 'better_auth.db');
  return [
    peer(peers, 'node:http', 'node_http', { login: false }),
    peer(peers, YARDSTICK, 'koa_hello', { login: false }),
    peer(peers, 'koa-session', 'koa_session'),
    peer(peers, 'express-session, memory', 'express_session'),
    ...(redisServer ? [peer(peers, redis, 'express_session', { env: { REDIS_URL: redisServer.url } })] : []),
    peer(peers, '@fastify/session', 'fastify_session'),
    peer(peers, 'better-auth, SQLite', 'better_auth', { env: { DATABASE: database } }),
    ...held.map((count) => ours(`session_db_auth, ${count} sessions`, 'session_db_auth', count)),
    ours('session_db_auth, logging to a file', 'session_db_auth', 10_000, 'server.log'),
    ours('session_auth', 'session_auth', 0),
    ours('basic_auth', 'basic_auth', 0),
    ours('jwt_auth', 'jwt_auth', 10_000),
  ].filter(({ name }) => isWanted(name));
}

/** The cookies that a login sets, as a browser sends them back. */
function cookiesOf(response: Response): Record<string, string> {
  if (!response.ok) throw new Error(`the login was answered with ${response.status}`);
  const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
  return cookies.length === 0 ? {} : { Cookie: cookies.join('; ') };
}

function peer(
  peers: string,
  name: string,
  file: string,
  { login = true, env = {} }: { login?: boolean; env?: Record<string, string> } = {},
): Entry {
  return {
    name,
    async start() {
      const environment = { NODE_ENV: 'production', ...env };
      const server = await startServer(name, [`${file}.mjs`], { cwd: peers, env: environment });
      const url = `http://127.0.0.1:${server.port}/login`;
      return { server, headers: login ? cookiesOf(await fetch(url, { method: 'POST' })) : {} };
    },
  };
}

function ours(name: string, authType: string, sessions: number, logFile?: string): Entry {
  return {
    name,
    async start() {
      progress(`seeding ${sessions} sessions for ${name}`);
      const folder = await seededFolder(sessions);
      const isLogging = logFile !== undefined;
      const server = await startGatehouse(name, {
        folder,
        env: { AUTH_TYPE: authType, LOG_LEVEL: isLogging ? 'info' : 'warn' },
        ...(isLogging ? { output: openSync(join(folder, logFile), 'w') } : {}),
      });
      if (authType !== 'basic_auth') return { server, headers: { Cookie: await logIn(server.port) } };
      const credentials = Buffer.from(`${EMAIL}:${PASSWORD}`).toString('base64');
      return { server, headers: { Authorization: `Basic ${credentials}` } };
    },
  };
}

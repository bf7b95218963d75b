import { randomBytes } from 'node:crypto';
import type { Sent } from '../lib/load.js';
import { startGatehouse } from '../lib/gatehouse.js';
import { scratchFolder } from '../lib/scratch.js';
import { PASSWORD } from '../lib/seed.js';
import { startServer, type Server } from '../lib/server.js';
import { runSql } from '../lib/sql.js';
import type { Engine, Engines } from './engines.js';
import { emails, PEOPLE, storePeople } from './people.js';

/** A server that takes part, and how people log in there. */
export interface Contestant {
  readonly server: Server;
  /** The engines it uses, by name. */
  readonly engines: readonly string[];
  /** One request for each of the people. */
  readonly logins: readonly Sent[];
}

export interface Entry {
  readonly name: string;
  start(): Promise<Contestant>;
}

const JSON_BODY = { 'Content-Type': 'application/json' };

/** Everybody who can take part with the engines there are; nobody without any, because nothing is left to compare. */
export function entries(peers: string, { postgres, redis }: Engines): Entry[] {
  if (!postgres && !redis) return [];
  const withRedis = redis ? [redis] : [];
  const withPostgres = postgres ? [postgres] : [];
  const withBoth = postgres && redis ? [{ postgres, redis }] : [];
  return [
    ours('gatehouse, files', {}),
    ...withRedis.map((sessions) => ours('gatehouse, files + Redis', { sessions })),
    ...withPostgres.map((main) => ours('gatehouse, PostgreSQL', { main })),
    ...withBoth.map((both) =>
      ours('gatehouse, PostgreSQL + Redis', { main: both.postgres, sessions: both.redis }),
    ),
    ...withRedis.map(({ url }) => peer(peers, 'express-session, Redis', { REDIS_URL: url })),
    ...withBoth.map((both) =>
      peer(peers, 'express-session, Redis, users in PostgreSQL', {
        REDIS_URL: both.redis.url,
        USERS_URL: both.postgres.url,
      }),
    ),
    ...withPostgres.flatMap(({ url }) => [
      peer(peers, 'express-session, PostgreSQL', { PG_URL: url }),
      peer(peers, 'express-session, PostgreSQL, users there too', { PG_URL: url, USERS_URL: url }),
      peer(peers, '… without touching sessions', { PG_URL: url, USERS_URL: url, NO_TOUCH: '1' }),
    ]),
  ];
}

/** A server of ours, in a schema of its own: two with the same users would be in each other's way. */
function ours(name: string, { main, sessions }: { main?: Engine; sessions?: Engine }): Entry {
  return {
    name,
    async start() {
      const folder = await scratchFolder();
      const url = main ? await schemaOf(main) : null;
      await storePeople({ folder, url });
      const env = {
        ...(url === null ? {} : { STORAGE_URL: url }),
        ...(sessions ? { SESSION_STORAGE_URL: sessions.url } : {}),
      };
      const server = await startGatehouse(name, { folder, env });
      const logins = emails().map((email) => ({
        method: 'POST',
        path: '/auth/login',
        headers: JSON_BODY,
        body: JSON.stringify({ email, password: PASSWORD }),
      }));
      return { server, engines: [...(main ? ['postgres'] : []), ...(sessions ? ['redis'] : [])], logins };
    },
  };
}

function peer(peers: string, name: string, env: Readonly<Record<string, string>>): Entry {
  return {
    name,
    async start() {
      const server = await startServer(name, ['express_session.mjs'], {
        cwd: peers,
        env: { NODE_ENV: 'production', ...env },
      });
      const logins = Array.from({ length: PEOPLE }, (_, i) => ({
        method: 'POST',
        path: `/login?user=${i}`,
        headers: {},
        body: '',
      }));
      const usesPostgres = 'PG_URL' in env || 'USERS_URL' in env;
      return {
        server,
        engines: [...(usesPostgres ? ['postgres'] : []), ...('REDIS_URL' in env ? ['redis'] : [])],
        logins,
      };
    },
  };
}

/** A place in PostgreSQL where nobody has been: a URL as `STORAGE_URL` has it. */
export async function schemaOf({ url }: Engine): Promise<string> {
  const schema = `gatehouse_bench_${randomBytes(6).toString('hex')}`;
  await runSql(url, `create schema ${schema}`);
  const place = new URL(url);
  place.searchParams.set('options', `-c search_path=${schema}`);
  return place.href;
}

import type { Socket } from 'node:net';
import { AnswerProxy } from './answer_proxy.js';
import type { RedisProcess } from './redis_process.js';

/** The message after which a client of PostgreSQL waits for its answers. */
const SYNC = 'S'.charCodeAt(0);

/** Stands before a PostgreSQL on this machine and counts how often a client waits for an answer. */
export class PostgresTrips {
  readonly url: string;
  /** How often so far, greetings aside. */
  count = 0;
  /** What of a message has not arrived yet. The first of a connection has no letter before its length. */
  readonly #left = new Map<Socket, Buffer>();

  private constructor(url: string) {
    this.url = url;
  }

  /** @param url of a server on this machine. One connection is made, so that a statement is prepared once. */
  static async before(url: string): Promise<PostgresTrips> {
    const place = new URL(url);
    const proxy = await AnswerProxy.start(Number(place.port));
    place.port = String(proxy.port);
    place.searchParams.set('sslmode', 'disable');
    place.searchParams.set('connection_limit', '1');
    const trips = new PostgresTrips(place.href);
    proxy.heard = (data, connection) => trips.#hear(data, connection);
    return trips;
  }

  #hear(data: Buffer, connection: Socket): void {
    const before = this.#left.get(connection);
    let rest = before ? Buffer.concat([before, data]) : data;
    if (!before) rest = rest.subarray(rest.readInt32BE(0));
    for (;;) {
      const length = rest.length < 5 ? Infinity : 1 + rest.readInt32BE(1);
      if (length > rest.length) break;
      if (rest[0] === SYNC) this.count += 1;
      rest = rest.subarray(length);
    }
    this.#left.set(connection, rest);
  }
}

/** What a client says of itself, and what we ask for the figures with. */
const ASIDE = /^(?:info|config|client|hello|auth|select|ping|command|cluster)/;

/** The commands that a Redis was sent since the last call, other than greetings: `get`, `evalsha` and so on. */
export async function commandsSent(redis: RedisProcess): Promise<string[]> {
  const stats = String(await redis.say('INFO', 'commandstats'));
  await redis.say('CONFIG', 'RESETSTAT');
  const lines = [...stats.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)];
  return lines
    .filter(([, name = '']) => !ASIDE.test(name))
    .flatMap(([, name = '', calls]) => Array.from({ length: Number(calls) }, () => name));
}

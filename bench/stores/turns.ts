import { WHO_AM_I } from '../lib/gatehouse.js';
import type { Load, LoadGenerator, Sent } from '../lib/load.js';
import { usageOf } from '../lib/server.js';
import { progress } from '../lib/stats.js';
import type { Contestant } from './contestants.js';
import type { Engines } from './engines.js';

/** Logins at once: one address may have half of those that Gatehouse lets wait, and less disturbs no figure. */
const LOGINS_AT_ONCE = 24;

/** What one server did in one round; microseconds of CPU for a request, of the server and of its engines. */
export type Turn = Load & { readonly cpu: number; readonly engineCpu: number };

/** A server with what it did in each round. */
export interface Measured extends Contestant {
  /** The authenticated request of each of the people. */
  readonly reads: readonly Sent[];
  readonly reading: Turn[];
  readonly loggingIn: Turn[];
}

export interface TurnsOptions {
  readonly load: LoadGenerator;
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: number;
  /** `reading`, `loggingIn`. */
  readonly parts: readonly string[];
}

/** What is measured, each in rounds of its own. */
export type Part = 'reading' | 'loggingIn';

/** Of as many connections those that a part may have. */
export function connectionsOf(part: Part, connections: number): number {
  return part === 'reading' ? connections : Math.min(connections, LOGINS_AT_ONCE);
}

/** Logs everybody in. */
export async function ready(contestant: Contestant): Promise<Measured> {
  const base = `http://127.0.0.1:${contestant.server.port}`;
  const reads: Sent[] = [];
  for (const { method, path, headers, body } of contestant.logins) {
    const answer = await fetch(`${base}${path}`, { method, headers, ...(body === '' ? {} : { body }) });
    const cookie = answer.headers.getSetCookie()[0]?.split(';')[0];
    await answer.arrayBuffer();
    if (!answer.ok || cookie === undefined) throw new Error(`the login was answered with ${answer.status}`);
    reads.push({ method: 'GET', path: WHO_AM_I, headers: { Cookie: cookie }, body: '' });
  }
  return { ...contestant, reads, reading: [], loggingIn: [] };
}

/** Has each server read, then log in, in an order that changes from round to round. The first warms up only. */
export async function takeTurns(
  measured: readonly Measured[],
  engines: Engines,
  { load, rounds, seconds, connections, parts }: TurnsOptions,
): Promise<void> {
  for (const what of ['reading', 'loggingIn'] as const) {
    if (!parts.includes(what)) continue;
    for (let round = 0; round <= rounds; round += 1) {
      progress(`${what}: round ${round} of ${rounds}`);
      for (let turn = 0; turn < measured.length; turn += 1) {
        const one = measured[(turn + round) % measured.length] as Measured;
        const requests = what === 'reading' ? one.reads : one.logins;
        const before = [usageOf(one.server).cpu, engineCpu(one, engines)] as const;
        const result = await load({
          url: `http://127.0.0.1:${one.server.port}/`,
          headers: {},
          requests,
          connections: connectionsOf(what, connections),
          seconds: round === 0 ? 1 : seconds,
        });
        const each = (after: number, at: number): number => ((after - at) * 1e6) / result.requests;
        const cpu = each(usageOf(one.server).cpu, before[0]);
        const turnOf = { ...result, cpu, engineCpu: each(engineCpu(one, engines), before[1]) };
        if (round > 0) one[what].push(turnOf);
      }
    }
  }
}

function engineCpu({ engines: names }: Contestant, { postgres, redis }: Engines): number {
  const of = (name: string): number => (name === 'redis' ? redis : postgres)?.cpu ?? 0;
  return names.reduce((sum, name) => sum + of(name), 0);
}

import { AIMED_SESSIONS } from '../lib/aims.js';
import { Client } from '../lib/client.js';
import type { Findings } from '../lib/findings.js';
import { startGatehouse } from '../lib/gatehouse.js';
import { emailOf, PASSWORD, seededFolder } from '../lib/seed.js';
import { stopServer, usageOf, type Server } from '../lib/server.js';
import { median, medianRatio, progress } from '../lib/stats.js';

/** Clients that log in and out at the same time, each with an account of its own. */
const CLIENTS = 16;

export interface GrowthOptions {
  /** Sessions held, little and much; there is a user for ten of them. */
  readonly held: readonly number[];
  readonly rounds: number;
  readonly seconds: number;
}

interface Side {
  readonly count: number;
  readonly server: Server;
  readonly client: Client;
  readonly turns: { perSecond: number; cpu: number }[];
}

/** What a login and its logout cost besides scrypt, by how many sessions and users the server holds. */
export async function benchLoginGrowth(options: GrowthOptions, findings: Findings): Promise<void> {
  const { held, rounds, seconds } = options;
  const sides: Side[] = [];
  try {
    for (const count of held) {
      progress(`a server with ${count} sessions`);
      const server = await startGatehouse(`${count}`, { folder: await seededFolder(count) });
      sides.push({ count, server, client: new Client(server.port), turns: [] });
    }
    // The first round warms up.
    for (let round = 0; round <= rounds; round += 1) {
      progress(`logins by sessions held, round ${round} of ${rounds}`);
      for (const side of sides) {
        const turn = await takeTurn(side, seconds * 1000);
        if (round > 0) side.turns.push(turn);
      }
    }
  } finally {
    for (const { server, client } of sides) {
      client.close();
      await stopServer(server);
    }
  }
  const of = ({ turns }: Side, what: 'perSecond' | 'cpu'): number[] => turns.map((turn) => turn[what]);
  const [first] = sides as [Side];
  findings.table('a login and its logout with the cheapest scrypt, by what the server holds', [
    ['sessions, users', 'pairs/s', 'ratio', 'CPU us', 'ratio'],
    ...sides.map((side) => [
      `${side.count}, ${Math.ceil(side.count / 10)}`,
      median(of(side, 'perSecond')).toFixed(0),
      medianRatio(of(side, 'perSecond'), of(first, 'perSecond')).toFixed(2),
      median(of(side, 'cpu')).toFixed(0),
      medianRatio(of(side, 'cpu'), of(first, 'cpu')).toFixed(2),
    ]),
  ]);
  const last = sides.at(-1) ?? first;
  if (last.count !== AIMED_SESSIONS) return;
  findings.figure('login.growth', medianRatio(of(last, 'perSecond'), of(first, 'perSecond')));
  findings.figure('login.growth.cpu', medianRatio(of(last, 'cpu'), of(first, 'cpu')));
}

async function takeTurn({ server, client }: Side, ms: number): Promise<Side['turns'][number]> {
  const before = usageOf(server).cpu;
  const start = performance.now();
  let pairs = 0;
  const loop = async (_: unknown, i: number): Promise<void> => {
    while (performance.now() < start + ms) {
      const body = { email: emailOf(i), password: PASSWORD };
      const { status, cookies } = await client.send('POST', '/auth/login', { body });
      const out = await client.send('POST', '/auth/logout', { cookie: cookies[0] ?? '' });
      if (status !== 200 || out.status !== 200) throw new Error(`answers ${status} and ${out.status}`);
      pairs += 1;
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, loop));
  const perSecond = (pairs / (performance.now() - start)) * 1000;
  return { perSecond, cpu: ((usageOf(server).cpu - before) * 1e6) / pairs };
}

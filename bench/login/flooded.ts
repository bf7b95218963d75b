import { setTimeout as delay } from 'node:timers/promises';
import { DEFAULT_COST } from '../../models/password.js';
import type { Findings } from '../lib/findings.js';
import { logIn, startGatehouse, WHO_AM_I } from '../lib/gatehouse.js';
import { ask, startHelper } from '../lib/helper.js';
import type { Load, LoadGenerator } from '../lib/load.js';
import { seededFolder } from '../lib/seed.js';
import { stopServer } from '../lib/server.js';
import { median, medianRatio, progress, quantile, rateOf } from '../lib/stats.js';
import { LightReader } from './light_reader.js';
import { LoginFlood } from './flood.js';

const RAW_SCRYPT = new URL('raw_scrypt.js', import.meta.url);
const CLIENTS = 32;
/** Readers that saturate the server, each asking as soon as it is answered. */
const READERS = 16;
const COST = [DEFAULT_COST.logN, DEFAULT_COST.r, DEFAULT_COST.p];
/** Milliseconds that a flood takes to be at its height. */
const RISE = 500;

export interface FloodedOptions {
  readonly load: LoadGenerator;
  readonly rounds: number;
  readonly seconds: number;
}

interface Round {
  /** Hashes and logins a second. */
  readonly raw: number;
  readonly light: number;
  readonly saturated: number;
  /** Milliseconds of light reads under the flood. */
  readonly reads: readonly number[];
  readonly calm: Load;
  readonly flooded: Load;
}

/** Logins against what the cores can hash at all, and readers during a flood of them against calm. */
export async function benchFlooded(options: FloodedOptions, findings: Findings): Promise<void> {
  const { rounds } = options;
  const scrypt = COST.join(',');
  const folder = await seededFolder(10_000, { scrypt });
  const server = await startGatehouse('logins', { folder, env: { SCRYPT_COST: scrypt } });
  const hashing = startHelper(RAW_SCRYPT);
  const done: Round[] = [];
  try {
    const cookie = await logIn(server.port);
    // The first round is a short one, to warm up.
    await playRound({ ...options, seconds: 1 }, server.port, cookie, hashing);
    for (let round = 0; round < rounds; round += 1) {
      progress(`a flood of logins, round ${round + 1} of ${rounds}`);
      done.push(await playRound(options, server.port, cookie, hashing));
    }
  } finally {
    hashing.disconnect();
    await stopServer(server);
  }
  report(done, findings);
}

async function playRound(
  { load, seconds }: FloodedOptions,
  port: number,
  cookie: string,
  hashing: ReturnType<typeof startHelper>,
): Promise<Round> {
  const raw = await ask<{ perSecond: number }>(hashing, { cost: COST, seconds });

  const reader = new LightReader(port, cookie);
  const lightFlood = new LoginFlood(port, CLIENTS);
  await delay(seconds * 1000);
  await lightFlood.stop();
  await reader.stop();

  const target = { url: `http://127.0.0.1:${port}${WHO_AM_I}`, headers: { Cookie: cookie } };
  const readers = (): Promise<Load> =>
    load({ ...target, connections: READERS, seconds: Math.ceil(seconds / 2) });
  const calm = await readers();
  const flood = new LoginFlood(port, CLIENTS);
  await delay(RISE);
  const flooded = await readers();
  const during = flood.times.length;
  await flood.stop();

  return {
    raw: raw.perSecond,
    light: rateOf(lightFlood.times),
    saturated: rateOf(flood.times.slice(0, during)),
    reads: reader.times,
    calm,
    flooded,
  };
}

function report(rounds: readonly Round[], findings: Findings): void {
  const of = (what: 'raw' | 'light' | 'saturated'): number[] => rounds.map((round) => round[what]);
  const perSecond = (what: 'raw' | 'light' | 'saturated'): string[] => [
    median(of(what)).toFixed(1),
    medianRatio(of(what), of('raw')).toFixed(2),
  ];
  findings.table(`logins of ${CLIENTS} clients, scrypt ${COST.join(',')}, ${rounds.length} rounds`, [
    ['', 'a second', '÷ raw scrypt'],
    ['scrypt alone, as many at a time as cores', ...perSecond('raw')],
    ['logins, a read each 5 ms beside them', ...perSecond('light')],
    [`logins, ${READERS} readers saturating the server`, ...perSecond('saturated')],
  ]);
  findings.figure('login.rate', medianRatio(of('light'), of('raw')));
  const reads = rounds.flatMap((round) => round.reads);
  const row = (what: 'calm' | 'flooded'): string[] => [
    median(rounds.map((round) => round[what].perSecond)).toFixed(0),
    median(rounds.map((round) => round[what].p50)).toFixed(2),
    median(rounds.map((round) => round[what].p99)).toFixed(2),
    medianRatio(
      rounds.map((round) => round[what].p99),
      rounds.map(({ calm }) => calm.p99),
    ).toFixed(2),
  ];
  findings.table('readers of users/me', [
    ['', 'req/s', 'p50 ms', 'p99 ms', 'p99 ÷ calm'],
    [`${READERS} readers, calm`, ...row('calm')],
    [`${READERS} readers, a flood of logins`, ...row('flooded')],
    [
      'a read each 5 ms, the flood',
      '200',
      quantile(reads, 0.5).toFixed(2),
      quantile(reads, 0.99).toFixed(2),
      '',
    ],
  ]);
  findings.figure(
    'login.p99',
    medianRatio(
      rounds.map(({ flooded }) => flooded.p99),
      rounds.map(({ calm }) => calm.p99),
    ),
  );
}

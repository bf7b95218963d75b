import type { Findings } from '../lib/findings.js';
import type { Load } from '../lib/load.js';
import { usageOf, type Server } from '../lib/server.js';
import { median, medianRatio } from '../lib/stats.js';
import { YARDSTICK } from './contestants.js';

/** What one server did in one round; `cpu` is in microseconds for a request. */
export type Turn = Load & { readonly cpu: number };

/** A server with what it did in each round. */
export interface Measured {
  readonly server: Server;
  readonly turns: readonly Turn[];
}

const OURS = 'session_db_auth, 10000 sessions';

/** The ratios that are aimed at: requests a second of one server over those of another. */
const AIMS: readonly (readonly [figure: string, of: string, to: string])[] = [
  ['http.koa', OURS, YARDSTICK],
  ['http.logging', 'session_db_auth, logging to a file', YARDSTICK],
  ['http.express', OURS, 'express-session, memory'],
  ['http.fastify', OURS, '@fastify/session'],
  ['http.koaSession', OURS, 'koa-session'],
  ['http.million', 'session_db_auth, 1000000 sessions', 'session_db_auth, 1000 sessions'],
  ['http.basic', 'basic_auth', YARDSTICK],
  ['http.jwt', 'jwt_auth', YARDSTICK],
];

export function report(measured: readonly Measured[], findings: Findings): void {
  const of = (name: string, what: 'perSecond' | 'cpu'): number[] =>
    measured.find(({ server }) => server.name === name)?.turns.map((turn) => turn[what]) ?? [];
  const rows = measured.map(({ server, turns }) => {
    const each = (what: keyof Turn): number[] => turns.map((turn) => turn[what]);
    const perSecond = medianRatio(each('perSecond'), of(YARDSTICK, 'perSecond'));
    findings.figure(`http.perSecond.${server.name}`, perSecond);
    return [
      server.name,
      median(each('perSecond')).toFixed(0),
      perSecond.toFixed(2),
      median(each('cpu')).toFixed(1),
      medianRatio(each('cpu'), of(YARDSTICK, 'cpu')).toFixed(2),
      median(each('p50')).toFixed(2),
      median(each('p99')).toFixed(2),
      usageOf(server).rss.toFixed(0),
    ];
  });
  const columns = ['req/s', `÷ ${YARDSTICK}`, 'CPU us', `÷ ${YARDSTICK}`, 'p50 ms', 'p99 ms', 'RSS MB'];
  findings.table('the same authenticated "who am I" request', [['server', ...columns], ...rows]);
  for (const [figure, name, other] of AIMS) {
    findings.figure(figure, medianRatio(of(name, 'perSecond'), of(other, 'perSecond')));
  }
}

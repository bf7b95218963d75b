import type { Findings } from '../lib/findings.js';
import { usageOf } from '../lib/server.js';
import { figure, median, medianRatio } from '../lib/stats.js';
import { PEOPLE } from './people.js';
import type { Measured, Turn } from './turns.js';

/** The ratios that are aimed at: of one server over another that has the same done by the same engines. */
const RATIOS: readonly (readonly [figure: string, of: string, to: string])[] = [
  ['stores.redis', 'gatehouse, files + Redis', 'express-session, Redis'],
  ['stores.both', 'gatehouse, PostgreSQL + Redis', 'express-session, Redis, users in PostgreSQL'],
  ['stores.postgres', 'gatehouse, PostgreSQL', 'express-session, PostgreSQL, users there too'],
  ['stores.untouched', 'gatehouse, PostgreSQL', '… without touching sessions'],
  ['stores.sessionsOnly', 'gatehouse, PostgreSQL', 'express-session, PostgreSQL'],
];

export function report(measured: readonly Measured[], findings: Findings): void {
  const [first] = measured;
  if (first?.reading.length) table(`"who am I", ${PEOPLE} users in turns`, 'reading', measured, findings);
  if (first?.loggingIn.length)
    table('logins, with a cheap scrypt: each stores a session', 'loggingIn', measured, findings);
  const of = (name: string): number[] =>
    measured.find(({ server }) => server.name === name)?.reading.map(({ perSecond }) => perSecond) ?? [];
  for (const [name, one, other] of RATIOS) findings.figure(name, medianRatio(of(one), of(other)));
}

function table(
  title: string,
  what: 'reading' | 'loggingIn',
  measured: readonly Measured[],
  findings: Findings,
): void {
  const files = measured[0]?.[what].map(({ perSecond }) => perSecond) ?? [];
  const rows = measured.map((one) => {
    const each = (name: keyof Turn): number[] => one[what].map((turn) => turn[name]);
    return [
      one.server.name,
      figure(median(each('perSecond')), 0),
      figure(medianRatio(each('perSecond'), files), 2),
      figure(median(each('cpu')), 0),
      one.engines.length === 0 ? '-' : figure(median(each('engineCpu')), 0),
      figure(median(each('p50')), 2),
      figure(median(each('p99')), 2),
      figure(usageOf(one.server).rss, 0),
    ];
  });
  const columns = ['per second', '÷ files', 'CPU us', 'engine us', 'p50 ms', 'p99 ms', 'RSS MB'];
  findings.table(title, [['server', ...columns], ...rows]);
}

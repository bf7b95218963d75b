import { AIMED_CONNECTIONS } from '../lib/aims.js';
import type { Findings } from '../lib/findings.js';
import { usageOf } from '../lib/server.js';
import { figure, median, medianRatio } from '../lib/stats.js';
import { PEOPLE } from './people.js';
import { connectionsOf, type Measured, type Part, type Turn } from './turns.js';

const FILES = 'gatehouse, files';

/** The ratios that are aimed at: of one server over another that has the same done by the same engines. */
const RATIOS: readonly (readonly [figure: string, of: string, to: string])[] = [
  ['stores.redis', 'gatehouse, files + Redis', 'express-session, Redis'],
  ['stores.both', 'gatehouse, PostgreSQL + Redis', 'express-session, Redis, users in PostgreSQL'],
  ['stores.postgres', 'gatehouse, PostgreSQL', 'express-session, PostgreSQL, users there too'],
  ['stores.untouched', 'gatehouse, PostgreSQL', '… without touching sessions'],
  ['stores.sessionsOnly', 'gatehouse, PostgreSQL', 'express-session, PostgreSQL'],
];

/** What was measured over so many connections; what is aimed at only if it is about as many. */
export function report(measured: readonly Measured[], connections: number, findings: Findings): void {
  const [first] = measured;
  const over = (part: Part): string => `over ${connectionsOf(part, connections)} connections`;
  if (first?.reading.length) {
    table(`"who am I" ${over('reading')}, ${PEOPLE} users in turns`, 'reading', measured, findings);
    ratios(measured, connections, findings);
  }
  if (first?.loggingIn.length) {
    const title = `logins ${over('loggingIn')}, with a cheap scrypt: each stores a session`;
    table(title, 'loggingIn', measured, findings);
  }
}

function ratios(measured: readonly Measured[], connections: number, findings: Findings): void {
  const of = (name: string): number[] => rates(measured, name, 'reading');
  const all = RATIOS.map(([name, one, other]) => ({
    name,
    one,
    other,
    ratio: medianRatio(of(one), of(other)),
  }));
  const known = all.filter(({ ratio }) => !Number.isNaN(ratio));
  if (known.length === 0) return;
  findings.table(`one over the other, "who am I" a second over ${connections} connections`, [
    ['of', 'over', 'ratio'],
    ...known.map(({ one, other, ratio }) => [one, other, ratio.toFixed(2)]),
  ]);
  if (connections !== AIMED_CONNECTIONS) return;
  for (const { name, ratio } of known) findings.figure(name, ratio);
}

/** What one of them did a second, in each round. */
function rates(measured: readonly Measured[], name: string, part: Part): number[] {
  return measured.find(({ server }) => server.name === name)?.[part].map(({ perSecond }) => perSecond) ?? [];
}

function table(title: string, what: Part, measured: readonly Measured[], findings: Findings): void {
  const files = rates(measured, FILES, what);
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

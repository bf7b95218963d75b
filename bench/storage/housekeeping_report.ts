import { AIMED_SESSIONS } from '../lib/aims.js';
import type { Findings } from '../lib/findings.js';
import type { Load } from '../lib/load.js';
import type { Stalls } from '../lib/stalls.js';
import { figure, median } from '../lib/stats.js';
import type { Doing } from './file_watch.js';

/** What readers saw of a server that had work besides. */
export interface Round {
  /** Their turns, by what it was doing. */
  readonly turns: Readonly<Record<Doing, Load[]>>;
  readonly calm: Stalls;
  readonly busy: Stalls;
}

const BUSY: readonly Doing[] = ['sweep', 'compaction'];
const ROWS: readonly (readonly [name: string, doing: readonly Doing[]])[] = [
  ['nothing', ['nothing']],
  ['a sweep', ['sweep']],
  ['a sweep and a compaction', ['compaction']],
  ['either', BUSY],
];

export function report(
  sessions: number,
  rounds: readonly Round[],
  profiled: Round,
  findings: Findings,
): void {
  const rows = ROWS.map(([name, doing]) => {
    const worst = Math.max(...rounds.flatMap((round) => seen(round, doing, 'p99')));
    return [
      name,
      figure(median(rounds.map((round) => median(seen(round, doing, 'p99')))), 2),
      figure(ratioToCalm(rounds, doing, 'p99'), 2),
      figure(ratioToCalm(rounds, doing, 'perSecond'), 2),
      figure(worst, 1),
    ];
  });
  findings.table(`readers while ${sessions} sessions are swept and compacted, ${rounds.length} rounds`, [
    ['the server does besides', 'p99 ms', '÷ calm', 'req/s ÷ calm', 'worst p99'],
    ...rows,
  ]);
  const longest = (what: 'calm' | 'busy'): string =>
    figure(median(rounds.map((round) => round[what].longest)), 0);
  findings.note(`longest stop of the event loop: ${longest('calm')} ms in calm, ${longest('busy')} ms with work`);
  if (sessions === AIMED_SESSIONS) findings.figure('housekeeping.p99', ratioToCalm(rounds, BUSY, 'p99'));
  findings.table('stops of the event loop above 20 ms under these readers, profiled', [
    ['while', 'longest ms', 'times', 'cause'],
    ...stallRows('nothing else is done', profiled.calm),
    ...stallRows('sweep and compaction go on', profiled.busy),
  ]);
}

function seen({ turns }: Round, doing: readonly Doing[], what: 'p99' | 'perSecond'): number[] {
  return doing.flatMap((one) => turns[one].map((turn) => turn[what]));
}

/** The median of the rounds in which there was such work at all. */
function ratioToCalm(rounds: readonly Round[], doing: readonly Doing[], what: 'p99' | 'perSecond'): number {
  const ratios = rounds.map(
    (round) => median(seen(round, doing, what)) / median(seen(round, ['nothing'], what)),
  );
  return median(ratios.filter((ratio) => !Number.isNaN(ratio)));
}

/** Stalls by their causes, with how often and how long at most. */
export function stallRows(what: string, { longest, stalls }: Stalls): string[][] {
  if (stalls.length === 0) return [[what, longest.toFixed(0), '0', '-']];
  const causes = [...new Set(stalls.map(({ cause }) => cause))];
  return causes.map((cause) => {
    const times = stalls.filter((stall) => stall.cause === cause);
    return [what, Math.max(...times.map(({ ms }) => ms)).toFixed(0), String(times.length), cause];
  });
}

/**
 * Visitors register, log in, read and log out for minutes while sessions expire, are swept and compacted: no answer
 * may be wrong, memory must stay flat, no handle may leak, and after SIGKILL and after SIGTERM the store must hold
 * exactly what was acknowledged. See bench/README.md.
 */
import { Command } from 'commander';
import { Findings } from './lib/findings.js';
import { endOnSignals } from './lib/server.js';
import { progress } from './lib/stats.js';
import { memoryOf } from './soak/samples.js';
import { soak } from './soak/soak.js';

const SAMPLE_EVERY = 10_000;
/** More memory than this share of what there was is no longer flat. */
const FLAT = 1.05;

const options = new Command('npm run bench:soak --')
  .option('--minutes <n>', 'how long', '10')
  .option('--per-second <n>', 'operations a second', '200')
  .option('--visitors <n>', 'at the same time', '8')
  .option('--json <file>', 'write the figures to a file too')
  .parse()
  .opts<{ minutes: string; perSecond: string; visitors: string; json?: string }>();

endOnSignals();
const minutes = Number(options.minutes);
const { tally, samples, compactions, handles, checks } = await soak({
  end: { minutes },
  visitors: Number(options.visitors),
  perSecond: Number(options.perSecond),
  duration: 20,
  idle: 8,
  sweepEvery: 0,
  sampleEvery: SAMPLE_EVERY,
  onSample: ({ seconds, rss, handles: open }, { operations, errors }) =>
    progress(
      `${seconds} s: ${rss.toFixed(1)} MB, ${open} handles, ${operations} operations, ${errors} errors`,
    ),
});

const findings = new Findings();
findings.table(`a soak of ${minutes} minutes, ${options.perSecond} operations a second`, [
  ['what', 'how often'],
  ...Object.entries(tally.done).map(([what, times]) => [what, String(times)]),
  ['compactions seen', String(compactions)],
  ['wrong answers', String(tally.errors)],
]);
const memory = memoryOf(samples);
if (memory) {
  findings.table('memory after the first minute, RSS', [
    ['first MB', 'least', 'most', 'last', 'MB/minute', 'last third ÷ first third'],
    [
      ...[memory.first, memory.least, memory.most, samples.at(-1)?.rss ?? 0].map((rss) => rss.toFixed(1)),
      memory.slope.toFixed(2),
      memory.growth.toFixed(3),
    ],
  ]);
  findings.figure('soak.growth', memory.growth);
  findings.figure('soak.slope', memory.slope);
}
findings.table('what a reopened store holds of what was acknowledged', [
  ['after', 'users', 'sessions open', 'sessions refused', 'wrong'],
  ...checks.map(({ signal, users, open, refused, wrong }) => [
    `${signal} under load`,
    ...[users, open, refused, wrong.length].map(String),
  ]),
]);
findings.note(`handles open without clients: ${handles.before} before, ${handles.after} after`);
const wrong = [...tally.examples, ...checks.flatMap((check) => check.wrong.slice(0, 5))];
for (const text of wrong) findings.note(`WRONG: ${text}`);
const isFlat = memory === null || memory.growth <= FLAT;
const isGood = wrong.length === 0 && isFlat && handles.after <= handles.before;
findings.figure('soak.good', isGood ? 1 : 0);
findings.note(isGood ? 'the soak is good' : 'the soak is NOT good');
await findings.finish(options.json);
process.exit(isGood ? 0 : 1);

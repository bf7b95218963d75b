import { AIMS, aimRows, verdictOf } from '../lib/aims.js';
import type { Found } from '../lib/findings.js';
import { machineRows } from './machine.js';
import type { Ran } from './runs.js';

/** What grows with what is held, and how it is measured: each should be 1. */
const GROWTH: readonly (readonly [
  what: string,
  figure: (figures: Found['figures']) => number | undefined,
])[] = [
  ['requests a second at 1M sessions ÷ at 1k', (figures) => figures['http.million']],
  ['logins a second at 1M sessions and 100k users ÷ at 1k and 100', (figures) => figures['login.growth']],
  ['durable writes a second at 1M sessions ÷ at 1k', (figures) => figures['writes.growth']],
  ['bytes per session at 1M ÷ at 100k', (figures) => ratio(figures, 'memory.1000000', 'memory.100000')],
  ['look-up time at 1M ÷ at 100k', (figures) => ratio(figures, 'lookup.1000000', 'lookup.100000')],
];

const HEADING: Readonly<Record<string, string>> = {
  start: 'Time to the first answer',
  http: 'Requests',
  login: 'Logins',
  storage: 'Storage',
  stores: 'Redis and PostgreSQL',
  soak: 'Soak',
};

/** docs/performance.md. */
export function pageOf(ran: readonly Ran[], command: string): string {
  const figures = figuresOf(ran);
  const missed = AIMS.filter((aim) => verdictOf(aim, figures[aim.figure]) === 'MISSED');
  const measured = AIMS.filter((aim) => figures[aim.figure] !== undefined);
  const sections = ran.flatMap(({ name, args, minutes, found }) => [
    `## ${HEADING[name] ?? name}`,
    `\`${`npm run bench:${name} -- ${args.join(' ')}`.replace(/ -- $/, '')}\`, ${minutes.toFixed(1)} minutes.`,
    ...(found
      ? found.tables.flatMap(({ title, rows }) => [`${capital(title)}:`, table(rows)])
      : ['**It failed: there are no figures.**']),
    ...(found?.notes.map((note) => `${capital(note)}.`) ?? []),
  ]);
  return `${[
    '# Performance',
    `Written by \`${command}\`; do not edit. [bench/README.md](../bench/README.md) says how to read it. Absolute ` +
      'figures belong to this machine: only ratios, each of two things measured in turns in one run, carry over.',
    table(machineRows()),
    '![The figures of this page as a plot](performance.svg)',
    '## What is aimed at',
    `${measured.length - missed.length} of ${AIMS.length} reach what they must, ${missed.length} miss it` +
      `${measured.length < AIMS.length ? `, ${AIMS.length - measured.length} were not measured` : ''}.`,
    table(aimRows(figures).map((row) => row.map((cell) => (cell === 'MISSED' ? '**missed**' : cell)))),
    '## How cost grows',
    'What is held should not matter: 1 is the aim, within a tenth.',
    table([['what', 'ratio'], ...GROWTH.map(([what, figure]) => [what, figure(figures)?.toFixed(2) ?? '-'])]),
    ...sections,
  ].join('\n\n')}\n`;
}

/** The figures of all benches together. */
export function figuresOf(ran: readonly Ran[]): Found['figures'] {
  return Object.assign({}, ...ran.map(({ found }) => found?.figures ?? {})) as Found['figures'];
}

function ratio(figures: Found['figures'], of: string, to: string): number | undefined {
  const [one, other] = [figures[of], figures[to]];
  return one === undefined || other === undefined ? undefined : one / other;
}

/** The first column to the left, all figures to the right. */
function table([head = [], ...rows]: readonly (readonly string[])[]): string {
  const isText = head.map(
    (_, column) => column === 0 || rows.some((row) => /[a-z]{3}/i.test(row[column] ?? '')),
  );
  const lines = [head, isText.map((text) => (text ? '---' : '---:')), ...rows];
  return lines.map((row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`).join('\n');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** How long servers take from their spawn to their first answer, in turns. See bench/README.md. */
import { Command } from 'commander';
import { Findings } from './lib/findings.js';
import { ROOT, SERVER_ARGS } from './lib/gatehouse.js';
import { peersFolder } from './lib/peers.js';
import { removeFolder, scratchFolder } from './lib/scratch.js';
import { seededFolder } from './lib/seed.js';
import { endOnSignals } from './lib/server.js';
import { median, medianRatio, progress } from './lib/stats.js';
import { timeToFirstAnswer, type Starter } from './start/first_answer.js';

const YARDSTICK = 'koa hello';
const EMPTY = 'Gatehouse, an empty store';

const options = new Command('npm run bench:start --')
  .option('--rounds <n>', 'starts of each server', '7')
  .option('--sessions <n>', 'sessions held by the full store', '100000')
  .option('--json <file>', 'write the figures to a file too')
  .parse()
  .opts<{ rounds: string; sessions: string; json?: string }>();

endOnSignals();
const findings = new Findings();
const peers = await peersFolder();
const rounds = Number(options.rounds);

function peer(file: string): () => Promise<Starter> {
  const starter = { args: [file], cwd: peers, env: { NODE_ENV: 'production' }, path: '/api/v1/users/me' };
  return async () => starter;
}

/** Ours in its own default environment, but for the scheme: as `npm start` runs it. */
function ours(folder: string): Starter {
  const env = { AUTH_TYPE: 'session_db_auth', STORAGE_DIR: folder, LOG_LEVEL: 'warn' };
  return { args: SERVER_ARGS, cwd: ROOT, env, path: '/api/v1/status' };
}

progress(`seeding ${options.sessions} sessions`);
const used = await seededFolder(0);
const full = await seededFolder(Number(options.sessions));
const starters: readonly (readonly [name: string, starter: () => Promise<Starter>])[] = [
  ['node:http', peer('node_http.mjs')],
  [YARDSTICK, peer('koa_hello.mjs')],
  [EMPTY, async () => ours(used)],
  ['Gatehouse, the very first start', async () => ours(await scratchFolder())],
  [`Gatehouse, ${options.sessions} sessions`, async () => ours(full)],
];
const results = new Map(starters.map(([name]) => [name, { ms: [] as number[], rss: [] as number[] }]));
// The first round fills the caches of the disk and makes keys; it does not count.
for (let round = 0; round <= rounds; round += 1) {
  progress(`starts, round ${round} of ${rounds}`);
  for (let turn = 0; turn < starters.length; turn += 1) {
    const [name, starter] = starters[(turn + round) % starters.length]!;
    const { ms, rss } = await timeToFirstAnswer(await starter());
    if (round === 0) continue;
    results.get(name)?.ms.push(ms);
    results.get(name)?.rss.push(rss);
  }
}
const yardstick = results.get(YARDSTICK)?.ms ?? [];
findings.table(`from the spawn to the first answer, ${rounds} rounds`, [
  ['server', 'ms', `÷ ${YARDSTICK}`, 'RSS MB'],
  ...[...results].map(([name, { ms, rss }]) => [
    name,
    median(ms).toFixed(0),
    medianRatio(ms, yardstick).toFixed(2),
    median(rss).toFixed(0),
  ]),
]);
for (const [name, { ms }] of results) findings.figure(`start.${name}`, medianRatio(ms, yardstick));
findings.figure('start', medianRatio(results.get(EMPTY)?.ms ?? [], yardstick));
for (const folder of [used, full]) await removeFolder(folder);
await findings.finish(options.json);
process.exit();

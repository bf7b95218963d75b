/** Runs every bench and writes docs/performance.md and its plot. See bench/README.md. */
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import fs from 'fs-extra';
import { format } from 'prettier';
import { ROOT } from './lib/gatehouse.js';
import { peersFolder } from './lib/peers.js';
import { scratchFolder } from './lib/scratch.js';
import { endOnSignals } from './lib/server.js';
import { progress } from './lib/stats.js';
import { figuresOf, pageOf } from './report/page.js';
import { plotOf } from './report/plot.js';
import { run, runs, type Ran } from './report/runs.js';

const options = new Command('npm run bench:all --')
  .option('--quick', 'small settings, to see that everything works')
  .option('--soak <minutes>', 'length of the soak', '2')
  .option('--only <name...>', 'start, http, login, storage, stores, soak')
  .option('--out <folder>', 'where performance.md and performance.svg go', join(ROOT, 'docs'))
  .parse()
  .opts<{ quick?: true; soak: string; only?: string[]; out: string }>();

endOnSignals();
const peers = await peersFolder();
const folder = await scratchFolder();
const ran: Ran[] = [];
for (const one of runs({ isQuick: options.quick === true, soakMinutes: options.soak })) {
  if (options.only?.includes(one.name) ?? true) ran.push(await run(one, folder));
}
const out = resolve(options.out);
const command = ['npm run bench:all', ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])];
const page = await format(pageOf(ran, command.join(' ')), { parser: 'markdown', proseWrap: 'preserve' });
await fs.outputFile(join(out, 'performance.md'), page);
await fs.outputFile(join(out, 'performance.svg'), await plotOf(figuresOf(ran), peers));
progress(`written: ${join(out, 'performance.md')} and performance.svg`);
process.exit(ran.every(({ found }) => found) ? 0 : 1);

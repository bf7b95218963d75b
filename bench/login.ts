/**
 * Logins against what the cores can hash at all, readers during a flood of logins against calm, and what a login
 * costs besides its hash by how much the server holds. See bench/README.md.
 */
import { Command } from 'commander';
import { Findings } from './lib/findings.js';
import { loadGenerator } from './lib/load.js';
import { peersFolder } from './lib/peers.js';
import { endOnSignals } from './lib/server.js';
import { benchFlooded } from './login/flooded.js';
import { benchLoginGrowth } from './login/growth.js';

const options = new Command('npm run bench:login --')
  .option('--rounds <n>', 'of all that is compared', '3')
  .option('--seconds <n>', 'length of a turn of logins', '6')
  .option('--sessions <n...>', 'sessions held where the growth of cost is measured', ['1000', '1000000'])
  .option('--only <part>', 'flood or growth')
  .option('--json <file>', 'write the figures to a file too')
  .parse()
  .opts<{ rounds: string; seconds: string; sessions: string[]; only?: string; json?: string }>();

endOnSignals();
const findings = new Findings();
const rounds = Number(options.rounds);
const seconds = Number(options.seconds);
const { name: tool, load } = await loadGenerator(await peersFolder());
const parts = {
  flood: () => benchFlooded({ load, rounds, seconds }, findings),
  growth: () =>
    benchLoginGrowth({ held: options.sessions.map(Number), rounds, seconds: seconds / 3 }, findings),
};
for (const [name, run] of Object.entries(parts)) if ((options.only ?? name) === name) await run();
findings.note(`saturating readers by ${tool}`);
await findings.finish(options.json);
// Ends what is still there of helpers, and removes the folders.
process.exit();

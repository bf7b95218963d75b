/**
 * The storage engine beside the simplest thing that could do the same and beside what people take instead, in one
 * run and in turns. Prints ratios: absolute figures belong to the machine. See bench/README.md.
 */
import { Command } from 'commander';
import { AIMED_SESSIONS } from './lib/aims.js';
import { Findings } from './lib/findings.js';
import { peersFolder } from './lib/peers.js';
import { endOnSignals } from './lib/server.js';
import { benchGrowth } from './storage/growth.js';
import { benchGrowing } from './storage/growing.js';
import { benchHousekeeping } from './storage/housekeeping.js';
import { benchReopen } from './storage/reopen.js';
import { benchWrites } from './storage/writes.js';

const options = new Command('npm run bench:storage --')
  .option('--rounds <n>', 'turns of each store', '5')
  .option('--ms <n>', 'length of a turn of writing', '600')
  .option('--sessions <n...>', 'sessions held when stores are reopened, the last for the aims', [
    '100000',
    '1000000',
  ])
  .option('--only <part>', 'writes, growth, reopen, housekeeping or growing')
  .option('--json <file>', 'write the figures to a file too')
  .parse()
  .opts<{ rounds: string; ms: string; sessions: string[]; only?: string; json?: string }>();

endOnSignals();
const findings = new Findings();
const peers = await peersFolder();
const rounds = Number(options.rounds);
const ms = Number(options.ms);
const sessions = options.sessions.map(Number);
const most = sessions.at(-1) ?? 0;
const parts = {
  writes: () => benchWrites({ peers, rounds, ms }, findings),
  // Between turns the disk differs by more than the two sizes do.
  growth: () => benchGrowth({ held: [1000, most], rounds: rounds * 3, ms }, findings),
  async reopen() {
    for (const count of sessions)
      await benchReopen(
        { peers, sessions: count, rounds: Math.min(rounds, 3), isAimed: count === AIMED_SESSIONS },
        findings,
      );
  },
  housekeeping: () => benchHousekeeping({ peers, sessions: most, rounds: Math.min(rounds, 2) }, findings),
  growing: () => benchGrowing(most, findings),
};
for (const [name, run] of Object.entries(parts)) if ((options.only ?? name) === name) await run();
await findings.finish(options.json);
// Ends what is still there of helpers, and removes the folders.
process.exit();

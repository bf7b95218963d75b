/**
 * Authenticated requests and logins on each engine, beside express-session on the very same Redis and PostgreSQL: all
 * servers up together, measured in turns. See bench/README.md.
 */
import { Findings } from './lib/findings.js';
import { loadGenerator } from './lib/load.js';
import { loadCommand, type LoadOptions } from './lib/load_options.js';
import { peersFolder } from './lib/peers.js';
import { endOnSignals, stopServer } from './lib/server.js';
import { progress } from './lib/stats.js';
import { entries } from './stores/contestants.js';
import { startEngines } from './stores/engines.js';
import { report } from './stores/report.js';
import { sizes } from './stores/sizes.js';
import { ready, takeTurns, type Measured } from './stores/turns.js';

const options = loadCommand('stores')
  .option('--only <text>', 'only servers with this in their name')
  .option('--parts <name...>', 'reading, loggingIn, sizes', ['reading', 'loggingIn', 'sizes'])
  .option('--records <n...>', 'stored in PostgreSQL to see their size', ['100000', '1000000'])
  .parse()
  .opts<LoadOptions & { only?: string; parts: string[]; records: string[] }>();

endOnSignals();
const peers = await peersFolder();
const { name: tool, load } = await loadGenerator(peers);
const findings = new Findings();
const engines = await startEngines(findings);
const measured: Measured[] = [];
try {
  const isServing = options.parts.some((part) => part !== 'sizes');
  for (const { name, start } of isServing ? entries(peers, engines) : []) {
    if (!name.includes(options.only ?? '')) continue;
    try {
      measured.push(await ready(await start()));
    } catch (error) {
      const reason = `${name} is skipped: ${(error as Error).message}`;
      progress(reason);
      findings.note(reason);
    }
  }
  await takeTurns(measured, engines, { ...options, load });
  report(measured, options.connections, findings);
  if (options.parts.includes('sizes')) await sizes(engines, options.records.map(Number), findings);
  if (measured.length > 0) findings.note(`load by ${tool}, medians of ${options.rounds} turns`);
  await findings.finish(options.json);
} finally {
  for (const { server } of measured) await stopServer(server);
}
// Ends what else was started, and removes its folders.
process.exit();

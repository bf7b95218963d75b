/**
 * The same authenticated "who am I" request to Gatehouse and to what people take instead, all servers up together
 * and measured in turns. See bench/README.md.
 */
import { entries, type Ready } from './http/contestants.js';
import { report, type Turn } from './http/report.js';
import { Findings } from './lib/findings.js';
import { WHO_AM_I } from './lib/gatehouse.js';
import { loadGenerator, type LoadGenerator } from './lib/load.js';
import { loadCommand, type LoadOptions } from './lib/load_options.js';
import { peersFolder } from './lib/peers.js';
import { endOnSignals, stopServer, usageOf } from './lib/server.js';
import { progress } from './lib/stats.js';

const options = loadCommand('http')
  .option('--sessions <n...>', 'sessions held by Gatehouse, for session_db_auth', [
    '1000',
    '10000',
    '1000000',
  ])
  .option('--only <text>', 'only servers with this in their name, besides the yardstick')
  .parse()
  .opts<LoadOptions & { sessions: string[]; only?: string }>();

interface Contestant extends Ready {
  readonly turns: Turn[];
}

async function takeTurn({ server, headers }: Ready, load: LoadGenerator, seconds: number): Promise<Turn> {
  const before = usageOf(server).cpu;
  const result = await load({
    url: `http://127.0.0.1:${server.port}${WHO_AM_I}`,
    headers,
    connections: options.connections,
    seconds,
  });
  return { ...result, cpu: ((usageOf(server).cpu - before) * 1e6) / result.requests };
}

endOnSignals();
const peers = await peersFolder();
const { name: tool, load } = await loadGenerator(peers);
const contestants: Contestant[] = [];
const findings = new Findings();
try {
  const held = options.sessions.map(Number);
  for (const entry of await entries({ peers, held, only: options.only ?? '' })) {
    try {
      contestants.push({ ...(await entry.start()), turns: [] });
    } catch (error) {
      const reason = `${entry.name} is skipped: ${(error as Error).message}`;
      progress(reason);
      findings.note(reason);
    }
  }
  // The first round warms everything up and does not count.
  for (let round = 0; round <= options.rounds; round += 1) {
    progress(`round ${round} of ${options.rounds}`);
    for (let turn = 0; turn < contestants.length; turn += 1) {
      const contestant = contestants[(turn + round) % contestants.length] as Contestant;
      const result = await takeTurn(contestant, load, round === 0 ? 1 : options.seconds);
      if (round > 0) contestant.turns.push(result);
    }
  }
  report(contestants, findings);
  findings.note(`load by ${tool}, ${options.connections} connections, medians of ${options.rounds} turns`);
  await findings.finish(options.json);
} finally {
  for (const { server } of contestants) await stopServer(server);
}
// Ends what else was started, and removes its folders.
process.exit();

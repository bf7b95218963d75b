import { join } from 'node:path';
import fs from 'fs-extra';
import type { Findings } from '../lib/findings.js';
import { logIn, startGatehouse, WHO_AM_I } from '../lib/gatehouse.js';
import { ask } from '../lib/helper.js';
import { loadGenerator, type Load } from '../lib/load.js';
import { removeFolder, scratchFolder } from '../lib/scratch.js';
import { seededFolder } from '../lib/seed.js';
import { stopServer, type Server } from '../lib/server.js';
import type { Stalls } from '../lib/stalls.js';
import { progress } from '../lib/stats.js';
import { FileWatch } from './file_watch.js';
import { report, type Round } from './housekeeping_report.js';

/** Readers, each asking as soon as it is answered. */
const CONNECTIONS = 16;
/** Turns of a second: before, and at most while there is work. */
const CALM_TURNS = 4;
const MOST_TURNS = 60;
/** Seconds that a session lives here. Two fifths are older: dead lines then outweigh live ones before the sweep ends. */
const DURATION = 3600;
const OLD = new Date(Date.now() - 2 * DURATION * 1000);

export interface HousekeepingOptions {
  readonly peers: string;
  readonly sessions: number;
  readonly rounds: number;
}

/** Readers while most sessions are swept and the file is compacted, against the same readers before. */
export async function benchHousekeeping(options: HousekeepingOptions, findings: Findings): Promise<void> {
  const { peers, sessions, rounds } = options;
  const { load } = await loadGenerator(peers);
  progress(`seeding ${sessions} sessions, two fifths of which have run out`);
  const seed = await seededFolder(sessions, {
    attributes: (i) => (i % 5 < 2 ? { created_at: OLD } : {}),
  });
  const done: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    progress(`sweep and compaction under readers, round ${round + 1} of ${rounds}`);
    done.push(await playRound(seed, load, false));
  }
  progress('once more, with a profile that names what stops the event loop');
  const profiled = await playRound(seed, load, true);
  await removeFolder(seed);
  report(sessions, done, profiled, findings);
}

async function playRound(
  seed: string,
  load: Awaited<ReturnType<typeof loadGenerator>>['load'],
  isProfiled: boolean,
): Promise<Round> {
  const folder = await scratchFolder();
  await fs.copy(seed, folder);
  const env = { SESSION_DURATION: String(DURATION) };
  const server = await startGatehouse('housekeeping', { folder, env, isWatched: true });
  const files = new FileWatch(join(folder, 'UserSession.jsonl'));
  try {
    const url = `http://127.0.0.1:${server.port}${WHO_AM_I}`;
    const headers = { Cookie: await logIn(server.port) };
    const turn = (): Promise<Load> => load({ url, headers, connections: CONNECTIONS, seconds: 1 });
    const turns: Round['turns'] = { nothing: [], sweep: [], compaction: [] };
    await turn();
    const calm = await watched(server, isProfiled, async () => {
      for (let i = 0; i < CALM_TURNS; i += 1) turns.nothing.push(await turn());
    });
    const busy = await watched(server, isProfiled, async () => {
      await ask(server.child, { do: 'sweep' });
      files.reset();
      for (let i = 0; i < MOST_TURNS; i += 1) {
        const seen = await turn();
        const doing = files.reset();
        if (doing === 'nothing') break;
        turns[doing].push(seen);
      }
    });
    return { turns, calm, busy };
  } finally {
    files.stop();
    await stopServer(server);
    await removeFolder(folder);
  }
}

async function watched(server: Server, isProfiled: boolean, work: () => Promise<void>): Promise<Stalls> {
  await ask(server.child, { do: 'watch', isProfiled });
  await work();
  return ask<Stalls>(server.child, { do: 'stop' });
}

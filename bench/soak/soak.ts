import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startGatehouse } from '../lib/gatehouse.js';
import { removeFolder, scratchFolder } from '../lib/scratch.js';
import { stopServer, type Server } from '../lib/server.js';
import { checkAnswers, checkStorage, type Check } from './check.js';
import { Ledger } from './ledger.js';
import { load, type LoadOptions, type Notes } from './load.js';
import { handlesOf, Replacements, Sampler, type Sample } from './samples.js';
import { Tally } from './tally.js';

/** Milliseconds between two looks at the handles, and looks without fewer of them after which they are there to stay. */
const LOOK_EVERY = 50;
const CLOSING = 10;
/** Milliseconds that a note of use may take to reach the disk. */
const WRITING = 1000;
/** Operations before a signal is sent, so that it meets some under way. */
const BEFORE_SIGNAL = 100;

export interface SoakOptions extends LoadOptions {
  /** Seconds that sessions live, and that they may lie idle. */
  readonly duration: number;
  readonly idle: number;
  /** Milliseconds between two samples. */
  readonly sampleEvery: number;
  readonly onSample?: (sample: Sample, tally: Tally) => void;
}

export interface Soaked {
  readonly tally: Tally;
  readonly samples: readonly Sample[];
  readonly compactions: number;
  /** Handles that were open before the load and after it, with no client connected. */
  readonly handles: { readonly before: number; readonly after: number };
  /** After SIGKILL, and after SIGTERM; each was sent while visitors went on. */
  readonly checks: readonly Check[];
}

/** Lets visitors come and go at a server of its own, ends it hard and softly, and compares what is left. */
export async function soak(options: SoakOptions): Promise<Soaked> {
  const folder = await scratchFolder();
  const tally = new Tally();
  const ledger = new Ledger({ idle: options.idle * 1000 });
  let server = await start(folder, options);
  try {
    await load(server, { ...options, end: { operations: options.visitors } }, { ledger, tally });
    const before = await restingHandles(server, 0);
    const replacements = new Replacements(join(folder, 'UserSession.jsonl'));
    const sampler = new Sampler(server, options.sampleEvery, (sample) => {
      replacements.look();
      options.onSample?.(sample, tally);
    });
    const hasBroken = await load(server, options, { ledger, tally, onSweep: () => replacements.look() });
    sampler.stop();
    sampler.take();
    tally.expect(!hasBroken, 'a request got no answer');
    const after = await restingHandles(server, before);
    const checks: Check[] = [];
    // The hard end first: a soft one writes down what was used, and so mends what was lost before.
    for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
      await endUnderLoad(server, signal, options, { ledger, tally });
      const wrong = await checkStorage(folder, ledger);
      server = await start(folder, options);
      // A crash forgets the use of a tenth of the idle limit, and what a busy disk was still writing.
      const lost = signal === 'SIGKILL' ? options.idle * 100 + WRITING : 0;
      const answers = await checkAnswers(server.port, ledger, lost);
      const users = ledger.users.size;
      checks.push({ signal, users, ...answers, wrong: [...wrong, ...answers.wrong] });
    }
    const { samples } = sampler;
    return { tally, samples, compactions: replacements.count, handles: { before, after }, checks };
  } finally {
    await stopServer(server);
    await removeFolder(folder);
  }
}

function start(folder: string, { duration, idle, sweepEvery }: SoakOptions): Promise<Server> {
  return startGatehouse('soak', {
    folder,
    env: {
      SESSION_DURATION: String(duration),
      SESSION_IDLE: String(idle),
      MAX_SESSIONS: '10000',
      // Each thread has handles of its own, and a second would come at a moment that nobody knows.
      SCRYPT_THREADS: '1',
      // So little that old files of the audit trail go, too.
      AUDIT_MAX_MB: '1',
    },
    isWatched: sweepEvery > 0,
  });
}

/** Sends a signal while visitors go on; what they are not answered is not acknowledged. */
async function endUnderLoad(
  server: Server,
  signal: NodeJS.Signals,
  options: SoakOptions,
  { ledger, tally }: Notes,
): Promise<void> {
  const first = tally.operations;
  const unbounded = { ...options, end: { minutes: 1 }, perSecond: 0, sweepEvery: 0 };
  const loaded = load(server, unbounded, { ledger, tally });
  while (tally.operations - first < BEFORE_SIGNAL) await delay(5);
  await stopServer(server, signal);
  await loaded;
}

/** Handles once no client is connected any more: when there are no more than before, or else no fewer by and by. */
async function restingHandles(server: Server, before: number): Promise<number> {
  let handles = handlesOf(server);
  for (let looks = 0; looks < CLOSING && handles > before; looks += 1) {
    await delay(LOOK_EVERY);
    const now = handlesOf(server);
    if (now < handles) looks = 0;
    handles = now;
  }
  return handles;
}

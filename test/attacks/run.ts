/**
 * npm run attack -- [NAME…]: tries to break into a server of one's own, and says what came of it. See docs/attacks.md.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Argument, Command } from 'commander';
import { killServers, ServerProcess } from '../support/server_process.js';
import { ATTACKS, type Attack } from './attacks.js';
import type { Attempt, Outcome } from './support/attempts.js';
import { Target } from './support/target.js';

interface Options {
  readonly url?: string;
  readonly storage?: string;
}

/** What is shown of an outcome: what must not happen is in capitals. */
const SHOWN: Readonly<Record<Outcome, string>> = {
  refused: 'refused',
  'got in': 'GOT IN',
  works: 'works',
  broken: 'BROKEN',
  noted: 'note',
  skipped: 'skipped',
};

const BAD: ReadonlySet<Outcome> = new Set(['got in', 'broken']);

/** The folder of the server that was started last, until it is removed. */
let folder: string | null = null;

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** A server on this machine: these scripts are for one's own. @throws Error for any other. */
async function ownServer(text: string, storage: string | undefined): Promise<Target> {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol !== 'http:') throw new Error(`--url must be like http://127.0.0.1:5000, not ${text}`);
  if (!/^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname))
    throw new Error(`${url.hostname} is not this machine: attack your own server only`);
  const target = new Target({ url: url.origin, storage: storage ?? null });
  await target.whoIs(target.browser()).catch(() => {
    throw new Error(`no server answers at ${url.origin}`);
  });
  return target;
}

/** One attack on a server of its own, with an empty storage folder, which nobody else uses. */
async function runAlone(attack: Attack): Promise<Attempt[]> {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-attack-'));
  const env = { AUTH_TYPE: 'session_db_auth', STORAGE_DIR: folder, LOG_LEVEL: 'warn' };
  const url = `http://127.0.0.1:${await ServerProcess.node(env).port()}`;
  const attempts = await attack(new Target({ url, storage: folder, isDisposable: true }));
  await cleanUp();
  return attempts;
}

async function cleanUp(): Promise<void> {
  await killServers();
  const left = folder;
  folder = null;
  if (left !== null) await rm(left, { recursive: true, force: true });
}

/** Shows what came of one attack; returns how many attempts went as they must not. */
function report(name: string, attempts: readonly Attempt[]): number {
  say(`\n${name}`);
  for (const { trick, outcome, detail } of attempts)
    say(`  ${SHOWN[outcome].padEnd(8)} ${trick} (${detail})`);
  return attempts.filter(({ outcome }) => BAD.has(outcome)).length;
}

async function main(names: readonly string[], { url, storage }: Options): Promise<void> {
  if (url === undefined && storage !== undefined) throw new Error('--storage goes with --url');
  const target = url === undefined ? null : await ownServer(url, storage);
  let [bad, total] = [0, 0];
  for (const [name, attack] of Object.entries(ATTACKS)) {
    if (names.length > 0 && !names.includes(name)) continue;
    const attempts = await (target ? attack(target) : runAlone(attack));
    bad += report(name, attempts);
    total += attempts.length;
  }
  say(`\n${total} attempts: ${bad === 0 ? 'nothing got in' : `${bad} went as they must not`}`);
  process.exitCode = bad === 0 ? 0 : 1;
}

let isStopped = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    isStopped = true;
    void cleanUp().finally(() => process.exit(130));
  });
}

const program = new Command('npm run attack --')
  .description('Tries to break into a server of your own; without --url it starts one for each attack.')
  .addArgument(
    new Argument('[names...]', 'which attacks; all of them when none is named').choices(Object.keys(ATTACKS)),
  )
  .option('--url <url>', 'a server that runs on this machine, such as http://127.0.0.1:5000')
  .option('--storage <folder>', "that server's storage folder, for attacks that begin with a copy of it")
  .showHelpAfterError()
  .action(main);

try {
  await program.parseAsync();
} catch (error) {
  // The attack under way has lost its server, which says nothing.
  if (!isStopped) process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
} finally {
  await cleanUp();
}

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { noteOutput } from './secrets.js';
import type { Ended } from './admin_cli.js';

/** The compiled program that `npm run migrate` runs. */
const MIGRATE = fileURLToPath(new URL('../../api/cli/migrate.js', import.meta.url));

/** A migration as its own process. */
export class MigrateCli {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;

  /** @param env besides what it takes to run. */
  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const { PATH, NODE_V8_COVERAGE } = process.env;
    this.child = spawn(process.execPath, [MIGRATE, ...args], { env: { PATH, NODE_V8_COVERAGE, ...env } });
    let [stdout, stderr] = ['', ''];
    this.child.stdout?.on('data', (data: Buffer) => (stdout += data.toString()));
    this.child.stderr?.on('data', (data: Buffer) => (stderr += data.toString()));
    this.ended = once(this.child, 'close').then(([code, signal]) => ({
      code: code ?? signal,
      stdout,
      stderr,
    }));
    noteOutput('the output of a migration', () => stdout + stderr);
  }
}

/** Runs one to its end. Options and their values by name, as `{ from: 'file:a', sessionsTo: 'env:R' }`. */
export async function migrate(
  options: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const args = Object.entries(options).flatMap(([name, value]) => [
    `--${name.replace(/[A-Z]/, (letter) => `-${letter.toLowerCase()}`)}`,
    value,
  ]);
  return new MigrateCli(args, env).ended;
}

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { bundledServer } from './bundle.js';
import { noteOutput } from './secrets.js';

/** The project's folder; this file is in dist/test/support when it runs. */
const ROOT = resolve(import.meta.dirname, '../../..');

/** What a server inherits: enough to run and to be measured, and none of our settings. */
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'NODE_V8_COVERAGE'];

const running = new Set<ServerProcess>();

/** A server as its own process, on a free port of this machine. */
export class ServerProcess {
  readonly child: ChildProcess;
  /** Resolves to the exit code, or to the signal that ended it. */
  readonly exited: Promise<number | NodeJS.Signals | null>;
  stdout = '';
  stderr = '';

  private constructor(command: string, args: readonly string[], env: Readonly<Record<string, string>>) {
    const inherited = INHERITED.map((name) => [name, process.env[name]]);
    // A process group of its own: a test can press Ctrl-C on it, and nothing of it is left behind.
    this.child = spawn(command, args, {
      cwd: ROOT,
      detached: true,
      env: { ...Object.fromEntries(inherited), API_HOST: '127.0.0.1', API_PORT: '0', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.on('data', (data: Buffer) => (this.stdout += data.toString()));
    this.child.stderr?.on('data', (data: Buffer) => (this.stderr += data.toString()));
    this.exited = once(this.child, 'close').then(([code, signal]) => code ?? signal);
    running.add(this);
    noteOutput('the output of a server', () => this.stdout + this.stderr);
  }

  /** @param file the server to run, where it is not the one that `npm start` runs. */
  static node(env: Readonly<Record<string, string>>, file = bundledServer()): ServerProcess {
    return new ServerProcess(process.execPath, [file], env);
  }

  static npmStart(env: Readonly<Record<string, string>>): ServerProcess {
    return new ServerProcess('npm', ['start'], env);
  }

  /** What was logged so far. */
  get lines(): readonly { level: number; msg: string; pid: number }[] {
    const lines = this.stdout.split('\n').filter((line) => line.startsWith('{') && line.endsWith('}'));
    return lines.map((line) => JSON.parse(line) as { level: number; msg: string; pid: number });
  }

  /** The port, once it listens. @throws Error with what it said instead when it ends first. */
  async port(): Promise<number> {
    for (;;) {
      const port = /listens on https?:\/\/[^ ]*:(\d+),/.exec(this.stdout)?.[1];
      if (port !== undefined) return Number(port);
      const data = this.child.stdout ? once(this.child.stdout, 'data') : Promise.resolve();
      const ended = await Promise.race([data.then(() => false), this.exited.then(() => true)]);
      if (ended) throw new Error(`the server ended: ${this.stdout}${this.stderr}`);
    }
  }

  /** Sends a signal to the process alone, as `kill` does. */
  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Sends a signal to the whole group, as a terminal does. */
  killGroup(signal: NodeJS.Signals): void {
    try {
      process.kill(-(this.child.pid ?? Number.NaN), signal);
    } catch {
      // Nobody of it is left.
    }
  }
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Ends every server that a test started; see setup.ts. */
export async function killServers(): Promise<void> {
  for (const server of running) server.killGroup('SIGKILL');
  await Promise.all([...running].map((server) => server.exited));
  running.clear();
}

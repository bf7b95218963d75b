import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';

/** Clock ticks in a second, as Linux counts CPU time. */
const TICKS = 100;

/** What was started and has not ended, and the signal that ends it. */
const running = new Map<ChildProcess, NodeJS.Signals>();
process.on('exit', () => {
  for (const [child, signal] of running) child.kill(signal);
});

/**
 * Makes a process end with this one, however this one ends.
 * @param signal SIGTERM for what has to clean up behind itself.
 */
export function own(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): ChildProcess {
  running.set(child, signal);
  child.once('exit', () => running.delete(child));
  return child;
}

/** Makes Ctrl-C and `kill` end the bench in such a way that what it started ends too, and its folders go. */
export function endOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      process.stderr.write(`ended by ${signal}\n`);
      process.exit(1);
    });
  }
}

/** A server to be measured, as its own process. */
export interface Server {
  readonly name: string;
  readonly port: number;
  readonly child: ChildProcess;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

export interface StartOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Where standard output goes: a file's descriptor. */
  readonly output?: 'ignore' | number;
  /** True: the process can be sent messages. */
  readonly hasChannel?: boolean;
}

/**
 * Starts `node <args>` in a folder and waits until it answers at all.
 * @throws Error with what it said when it ends before.
 */
export async function startServer(
  name: string,
  args: readonly string[],
  { cwd, env, output = 'ignore', hasChannel = false }: StartOptions,
): Promise<Server> {
  const port = await freePort();
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, args, {
    cwd,
    env: { PATH, HOME, PORT: String(port), API_HOST: '127.0.0.1', API_PORT: String(port), ...env },
    stdio: ['ignore', output, 'pipe', ...(hasChannel ? (['ipc'] as const) : [])],
  });
  own(child);
  let said = '';
  child.stderr?.on('data', (data: Buffer) => (said += data.toString()));
  let hasEnded = false;
  child.once('exit', () => (hasEnded = true));
  for (;;) {
    if (hasEnded) throw new Error(`${name} does not start: ${said.trim().split('\n').slice(0, 3).join(' ')}`);
    try {
      await fetch(`http://127.0.0.1:${port}/`);
      return { name, port, child };
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

export async function stopServer({ child }: Server, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (!running.has(child)) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

/** Seconds of CPU that the process has used, and megabytes that it has in memory; Linux only. */
export function usageOf({ child }: Server): { cpu: number; rss: number } {
  const pid = child.pid ?? 0;
  const rss = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  return { cpu: cpuOf(pid), rss };
}

/**
 * Seconds of CPU that a process has used; Linux only.
 * @param withEnded true to count those of its processes that have ended too.
 */
export function cpuOf(pid: number, withEnded = false): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(11, withEnded ? 15 : 13).map(Number);
  return ticks.reduce((sum, value) => sum + value, 0) / TICKS;
}

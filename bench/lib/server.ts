import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';

/** Clock ticks in a second, as Linux counts CPU time. */
const TICKS = 100;

/** Servers that are up; they end with the bench, however it ends. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

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

/**
 * Starts `node <args>` in a folder and waits until it answers at all.
 * @throws Error with what it said when it ends before.
 */
export async function startServer(
  name: string,
  args: readonly string[],
  { cwd, env, output = 'ignore' }: { cwd: string; env: Record<string, string>; output?: 'ignore' | number },
): Promise<Server> {
  const port = await freePort();
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, args, {
    cwd,
    env: { PATH, HOME, PORT: String(port), API_HOST: '127.0.0.1', API_PORT: String(port), ...env },
    stdio: ['ignore', output, 'pipe'],
  });
  running.add(child);
  let said = '';
  child.stderr?.on('data', (data: Buffer) => (said += data.toString()));
  let hasEnded = false;
  child.once('exit', () => {
    hasEnded = true;
    running.delete(child);
  });
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

export async function stopServer({ child }: Server): Promise<void> {
  if (!running.has(child)) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

/** Seconds of CPU that the process has used, and megabytes that it has in memory; Linux only. */
export function usageOf({ child }: Server): { cpu: number; rss: number } {
  const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const rss = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024;
  return { cpu: (Number(fields[11]) + Number(fields[12])) / TICKS, rss };
}

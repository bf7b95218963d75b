import { spawn } from 'node:child_process';
import { cpuOf, freePort, own } from './server.js';
import { scratchFolder } from './scratch.js';

/** A Redis of our own, on a port and in a folder of its own, which ends with this process. */
export interface RedisServer {
  readonly url: string;
  /** Seconds of CPU that it has used so far. */
  readonly cpu: number;
}

/**
 * Starts one, with a file that is synced once a second unless the settings say otherwise.
 * @returns null where it is not installed.
 */
export async function startRedis(
  settings: Readonly<Record<string, string>> = {},
): Promise<RedisServer | null> {
  const port = await freePort();
  const folder = await scratchFolder();
  const all = { port: String(port), bind: '127.0.0.1', dir: folder, appendonly: 'yes', ...settings };
  const args = Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]);
  const child = own(spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'ignore'] }));
  const isUp = await new Promise<boolean>((done) => {
    child.once('error', () => done(false));
    child.once('exit', () => done(false));
    child.stdout?.on('data', (data: Buffer) => {
      if (data.includes('Ready to accept connections')) done(true);
    });
  });
  if (!isUp) return null;
  return {
    url: `redis://127.0.0.1:${port}`,
    get cpu() {
      return cpuOf(child.pid ?? 0);
    },
  };
}

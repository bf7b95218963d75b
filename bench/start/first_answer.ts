import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort, own, stopServer, usageOf } from '../lib/server.js';

/** Milliseconds between two tries to reach a server that does not listen yet. */
const RETRY = 1;
/** Tries after which a server counts as broken: far longer than any takes. */
const MOST_TRIES = 20_000;

/** A server as a start needs it. */
export interface Starter {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** What answers with 200 without a login. */
  readonly path: string;
}

/** Milliseconds from the spawn to the first 200, and megabytes then. The server is stopped again. */
export async function timeToFirstAnswer(starter: Starter): Promise<{ ms: number; rss: number }> {
  const port = await freePort();
  const { PATH, HOME } = process.env;
  const ports = { PORT: String(port), API_HOST: '127.0.0.1', API_PORT: String(port) };
  const start = performance.now();
  const child = own(
    spawn(process.execPath, starter.args, {
      cwd: starter.cwd,
      env: { PATH, HOME, ...ports, ...starter.env },
      stdio: 'ignore',
    }),
  );
  const server = { name: starter.path, port, child };
  try {
    for (let tries = 0; tries < MOST_TRIES && child.exitCode === null; tries += 1) {
      const status = await statusOf(port, starter.path);
      if (status === 200) return { ms: performance.now() - start, rss: usageOf(server).rss };
      if (status !== null) throw new Error(`${starter.path} is answered with ${status}`);
      await delay(RETRY);
    }
    throw new Error(`${starter.args.join(' ')} does not start`);
  } finally {
    await stopServer(server);
  }
}

/** Null while nobody listens. */
async function statusOf(port: number, path: string): Promise<number | null> {
  const sent = request({ host: '127.0.0.1', port, path, agent: false }).end();
  try {
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    answer.resume();
    return answer.statusCode ?? null;
  } catch {
    return null;
  }
}

import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What a client saw of a server. */
export interface Load {
  readonly requests: number;
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

export interface Target {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly connections: number;
  readonly seconds: number;
}

/** Sends requests over so many connections, each as soon as its last one is answered, from a process of its own. */
export type LoadGenerator = (target: Target) => Promise<Load>;

/** wrk where it is installed, else autocannon, which takes more of the machine for itself. */
export async function loadGenerator(peers: string): Promise<{ name: string; load: LoadGenerator }> {
  const hasWrk = await run('wrk', ['-v']).then(
    () => true,
    // It ends with 1 although it says its version.
    ({ code }: { code: unknown }) => code !== 'ENOENT',
  );
  return hasWrk
    ? { name: 'wrk', load: wrk }
    : { name: 'autocannon', load: (target) => autocannon(peers, target) };
}

async function wrk({ url, headers, connections, seconds }: Target): Promise<Load> {
  const header = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const options = ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', ...header, url];
  const { stdout } = await run('wrk', options);
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`${url} answers errors: ${stdout}`);
  const number = (pattern: RegExp): string => pattern.exec(stdout)?.[1] ?? 'NaN';
  return {
    requests: Number(number(/(\d+) requests in/)),
    perSecond: Number(number(/Requests\/sec:\s+([\d.]+)/)),
    p50: milliseconds(number(/50%\s+(\S+)/)),
    p99: milliseconds(number(/99%\s+(\S+)/)),
  };
}

/** What wrk prints: `850.00us`, `1.20ms`, `1.02s`. */
function milliseconds(text: string): number {
  const [, number, unit] = /^([\d.]+)(us|ms|s|m)$/.exec(text) ?? [];
  const factors: Record<string, number> = { us: 0.001, ms: 1, s: 1000, m: 60_000 };
  return Number(number) * (factors[unit ?? ''] ?? Number.NaN);
}

interface AutocannonResult {
  readonly requests: { readonly total: number; readonly average: number };
  readonly latency: { readonly p50: number; readonly p99: number };
  readonly non2xx: number;
  readonly errors: number;
}

async function autocannon(peers: string, { url, headers, connections, seconds }: Target): Promise<Load> {
  const cli = createRequire(join(peers, 'package.json')).resolve('autocannon/autocannon.js');
  const header = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}=${value}`]);
  const options = ['-c', String(connections), '-d', String(seconds), '-j', ...header, url];
  const { stdout } = await run(process.execPath, [cli, ...options]);
  const result = JSON.parse(stdout) as AutocannonResult;
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${url} answers errors`);
  const { requests, latency } = result;
  return { requests: requests.total, perSecond: requests.average, p50: latency.p50, p99: latency.p99 };
}

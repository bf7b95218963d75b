import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { scratchFolder } from './scratch.js';

const run = promisify(execFile);

/** What a client saw of a server. */
export interface Load {
  readonly requests: number;
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** A request as it is sent. */
export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Target {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent in turns instead of one and the same request to the URL. */
  readonly requests?: readonly Sent[];
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

async function wrk({ url, headers, connections, seconds, requests }: Target): Promise<Load> {
  const header = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const script = requests ? ['-s', await wrkScript(requests)] : [];
  const options = ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', ...header, ...script, url];
  const { stdout } = await run('wrk', options);
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`${url} answers errors: ${stdout}`);
  const number = (pattern: RegExp): string => pattern.exec(stdout)?.[1] ?? 'NaN';
  return {
    requests: Number(number(/(\d+) requests in/)),
    perSecond: Number(number(/Requests\/sec:\s+([\d.]+)/)),
    p50: milliseconds(number(/^\s+50%\s+(\S+)/m)),
    p99: milliseconds(number(/^\s+99%\s+(\S+)/m)),
  };
}

/** What makes wrk send these requests one after the other, each made ready before the first is sent. */
async function wrkScript(requests: readonly Sent[]): Promise<string> {
  const file = join(await scratchFolder(), 'requests.lua');
  const lines = requests.map(({ method, path, headers, body }) => {
    const fields = Object.entries(headers).map(([name, value]) => `[${quoted(name)}]=${quoted(value)}`);
    return `all[#all+1] = wrk.format(${quoted(method)}, ${quoted(path)}, {${fields.join()}}, ${body === '' ? 'nil' : quoted(body)})`;
  });
  const request = 'request = function() at = at % #all + 1; return all[at] end';
  await writeFile(
    file,
    ['local all, at = {}, 0', 'init = function()', ...lines, 'end', request, ''].join('\n'),
  );
  return file;
}

/** Plain texts are written the same way in JSON and in Lua. */
function quoted(value: string): string {
  return JSON.stringify(value);
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

async function autocannon(peers: string, target: Target): Promise<Load> {
  const { url, headers, connections, seconds, requests } = target;
  const cli = createRequire(join(peers, 'package.json')).resolve('autocannon/autocannon.js');
  const header = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}=${value}`]);
  const har = requests ? ['--har', await harFile(url, requests)] : [];
  const options = ['-c', String(connections), '-d', String(seconds), '-j', ...header, ...har, url];
  const { stdout } = await run(process.execPath, [cli, ...options]);
  const result = JSON.parse(stdout) as AutocannonResult;
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${url} answers errors`);
  const { total, average } = result.requests;
  return { requests: total, perSecond: average, p50: result.latency.p50, p99: result.latency.p99 };
}

/** The requests in the form (HTTP Archive) in which autocannon takes several. */
async function harFile(url: string, requests: readonly Sent[]): Promise<string> {
  const file = join(await scratchFolder(), 'requests.har');
  const entries = requests.map(({ method, path, headers, body }) => ({
    request: {
      method,
      url: new URL(path, url).href,
      headers: Object.entries(headers).map(([name, value]) => ({ name, value })),
      ...(body === '' ? {} : { postData: { text: body } }),
    },
  }));
  await writeFile(file, JSON.stringify({ log: { entries } }));
  return file;
}

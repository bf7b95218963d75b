/**
 * The same authenticated "who am I" request to Gatehouse and to what people take instead, all servers up together
 * and measured in turns. See bench/README.md.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { Command } from 'commander';
import fs from 'fs-extra';
import { loadGenerator, type Load, type LoadGenerator } from './lib/load.js';
import { peersFolder } from './lib/peers.js';
import { CHEAP_SCRYPT, EMAIL, PASSWORD, seededFolder } from './lib/seed.js';
import { freePort, startServer, stopServer, usageOf, type Server } from './lib/server.js';
import { median, printTable, progress } from './lib/stats.js';

/** What all others are compared with. */
const YARDSTICK = 'koa hello';
const PATH = '/api/v1/users/me';
const ROOT = resolve(import.meta.dirname, '../..');

const options = new Command('npm run bench:http --')
  .option('--rounds <n>', 'turns of each server', '5')
  .option('--seconds <n>', 'length of a turn', '3')
  .option('--connections <n>', 'at once', '64')
  .option('--sessions <n...>', 'sessions held by Gatehouse, for session_db_auth', [
    '1000',
    '10000',
    '1000000',
  ])
  .option('--only <text>', 'only servers with this in their name, besides the yardstick')
  .option('--json <file>', 'write the figures to a file too')
  .parse()
  .opts<{
    rounds: string;
    seconds: string;
    connections: string;
    sessions: string[];
    only?: string;
    json?: string;
  }>();

/** A server that is up, and how to ask it. */
interface Contestant {
  readonly server: Server;
  readonly headers: Readonly<Record<string, string>>;
  readonly turns: (Load & { readonly cpu: number })[];
}

interface Entry {
  readonly name: string;
  start(): Promise<Omit<Contestant, 'turns'>>;
}

const folders: string[] = [];
/** What else was started, and must be ended. */
const helpers: ChildProcess[] = [];

/** The cookies that a login sets, as a browser sends them back. */
async function cookiesOf(response: Response): Promise<Record<string, string>> {
  if (!response.ok) throw new Error(`the login was answered with ${response.status}`);
  const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
  return cookies.length === 0 ? {} : { Cookie: cookies.join('; ') };
}

function peer(
  peers: string,
  name: string,
  file: string,
  { login = true, env = {} }: { login?: boolean; env?: Record<string, string> } = {},
): Entry {
  return {
    name,
    async start() {
      const server = await startServer(name, [`${file}.mjs`], {
        cwd: peers,
        env: { NODE_ENV: 'production', ...env },
      });
      const url = `http://127.0.0.1:${server.port}/login`;
      return { server, headers: login ? await cookiesOf(await fetch(url, { method: 'POST' })) : {} };
    },
  };
}

function ours(name: string, authType: string, sessions: number, logFile?: string): Entry {
  return {
    name,
    async start() {
      progress(`seeding ${sessions} sessions for ${name}`);
      const folder = await seededFolder(sessions);
      folders.push(folder);
      const logging = logFile === undefined ? {} : { output: fs.openSync(`${folder}/${logFile}`, 'w') };
      const server = await startServer(name, ['--enable-source-maps', 'dist/api/server.js'], {
        cwd: ROOT,
        env: {
          AUTH_TYPE: authType,
          STORAGE_DIR: folder,
          SCRYPT_COST: CHEAP_SCRYPT,
          LOG_LEVEL: logFile === undefined ? 'warn' : 'info',
        },
        ...logging,
      });
      const basic = `Basic ${Buffer.from(`${EMAIL}:${PASSWORD}`).toString('base64')}`;
      const login = await fetch(`http://127.0.0.1:${server.port}/auth/login`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ email: EMAIL, password: PASSWORD }),
      });
      const cookies = await cookiesOf(login);
      const [session = ''] = cookies['Cookie']?.split('; ') ?? [];
      const headers: Record<string, string> =
        authType === 'basic_auth' ? { Authorization: basic } : { Cookie: session };
      return { server, headers };
    },
  };
}

async function entries(peers: string): Promise<Entry[]> {
  const held = options.sessions.map((count) => Number(count));
  const redisUrl = await startRedis();
  return [
    peer(peers, 'node:http', 'node_http', { login: false }),
    peer(peers, YARDSTICK, 'koa_hello', { login: false }),
    peer(peers, 'koa-session', 'koa_session'),
    peer(peers, 'express-session, memory', 'express_session'),
    ...(redisUrl
      ? [peer(peers, 'express-session, Redis', 'express_session', { env: { REDIS_URL: redisUrl } })]
      : []),
    peer(peers, '@fastify/session', 'fastify_session'),
    peer(peers, 'better-auth, SQLite', 'better_auth', { env: { DATABASE: await databaseFile() } }),
    ...held.map((count) => ours(`session_db_auth, ${count} sessions`, 'session_db_auth', count)),
    ours('session_db_auth, logging to a file', 'session_db_auth', 10_000, 'server.log'),
    ours('session_auth', 'session_auth', 0),
    ours('basic_auth', 'basic_auth', 0),
    ours('jwt_auth', 'jwt_auth', 10_000),
  ].filter(({ name }) => name === YARDSTICK || name.includes(options.only ?? ''));
}

async function databaseFile(): Promise<string> {
  const folder = await fs.mkdtemp('/tmp/gatehouse-bench-');
  folders.push(folder);
  return `${folder}/better_auth.db`;
}

/** A Redis of our own, if the machine has one; null otherwise. */
async function startRedis(): Promise<string | null> {
  if (options.only !== undefined && !'express-session, Redis'.includes(options.only)) return null;
  const port = await freePort();
  const folder = await fs.mkdtemp('/tmp/gatehouse-bench-');
  folders.push(folder);
  const flags = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--appendonly', 'yes'];
  const redis = spawn('redis-server', flags, { stdio: 'ignore' });
  helpers.push(redis);
  const isMissing = await new Promise<boolean>((done) => {
    redis.once('error', () => done(true));
    setTimeout(() => done(false), 500);
  });
  if (isMissing) progress('no redis-server on this machine: express-session with Redis is skipped');
  return isMissing ? null : `redis://127.0.0.1:${port}`;
}

async function takeTurn(contestant: Contestant, load: LoadGenerator): Promise<void> {
  const { server, headers } = contestant;
  const before = usageOf(server).cpu;
  const result = await load({
    url: `http://127.0.0.1:${server.port}${PATH}`,
    headers,
    connections: Number(options.connections),
    seconds: Number(options.seconds),
  });
  const cpu = ((usageOf(server).cpu - before) * 1e6) / result.requests;
  contestant.turns.push({ ...result, cpu });
}

/** The median of what each round says by itself, so that a machine that slows down for a while changes little. */
function ratio(
  of: readonly Contestant['turns'][number][],
  to: readonly Contestant['turns'][number][],
  what: 'perSecond' | 'cpu',
): number {
  return median(of.map((turn, round) => turn[what] / (to[round]?.[what] ?? Number.NaN)));
}

function report(contestants: readonly Contestant[], tool: string): void {
  const yardstick = contestants.find(({ server }) => server.name === YARDSTICK)?.turns ?? [];
  const rows = contestants.map(({ server, turns }) => ({
    name: server.name,
    perSecond: median(turns.map(({ perSecond }) => perSecond)),
    ratio: ratio(turns, yardstick, 'perSecond'),
    cpu: median(turns.map(({ cpu }) => cpu)),
    cpuRatio: ratio(turns, yardstick, 'cpu'),
    p50: median(turns.map(({ p50 }) => p50)),
    p99: median(turns.map(({ p99 }) => p99)),
    rss: usageOf(server).rss,
  }));
  printTable([
    ['server', 'req/s', `÷ ${YARDSTICK}`, 'CPU us', `÷ ${YARDSTICK}`, 'p50 ms', 'p99 ms', 'RSS MB'],
    ...rows.map((row) => [
      row.name,
      row.perSecond.toFixed(0),
      row.ratio.toFixed(2),
      row.cpu.toFixed(1),
      row.cpuRatio.toFixed(2),
      row.p50.toFixed(2),
      row.p99.toFixed(2),
      row.rss.toFixed(0),
    ]),
  ]);
  process.stdout.write(
    `load by ${tool}, ${options.connections} connections, medians of ${options.rounds} turns\n`,
  );
  if (options.json !== undefined) fs.writeJsonSync(options.json, rows, { spaces: 2 });
}

const peers = await peersFolder();
const { name: tool, load } = await loadGenerator(peers);
const contestants: Contestant[] = [];
try {
  for (const entry of await entries(peers)) {
    try {
      contestants.push({ ...(await entry.start()), turns: [] });
    } catch (error) {
      progress(`${entry.name} is skipped: ${(error as Error).message}`);
    }
  }
  // The first round warms everything up and does not count.
  for (let round = 0; round <= Number(options.rounds); round += 1) {
    progress(`round ${round} of ${options.rounds}`);
    for (let turn = 0; turn < contestants.length; turn += 1) {
      const contestant = contestants[(turn + round) % contestants.length] as Contestant;
      await takeTurn(contestant, load);
    }
    if (round === 0) for (const contestant of contestants) contestant.turns.length = 0;
  }
  report(contestants, tool);
} finally {
  for (const { server } of contestants) await stopServer(server);
  for (const helper of helpers) helper.kill('SIGKILL');
  for (const folder of folders) await fs.remove(folder);
}

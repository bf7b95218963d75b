import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Child } from './child.js';
import { freePorts } from './free_ports.js';

const FOLDERS = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/local/bin'];
const REDIS = FOLDERS.map((folder) => join(folder, 'redis-server')).find((path) => existsSync(path));

/** A server that somebody runs for the tests; it is never stopped or paused, and only our own keys are removed. */
const GIVEN_URL = process.env['TEST_REDIS_URL'];

/** By which nothing acknowledged is lost in a crash. */
export const DURABLE = { appendonly: 'yes', appendfsync: 'always' };

const running = new Set<RedisProcess>();
// Also when the tests are interrupted.
process.on('exit', () => {
  for (const server of running) server.abandon();
});

/** Redis as its own process, on a loopback port of its own, with its data in a temporary folder. */
export class RedisProcess {
  readonly port: number;
  readonly #folder: string;
  readonly #args: readonly string[];
  #child: Child;

  private constructor(port: number, folder: string, args: readonly string[], child: Child) {
    this.port = port;
    this.#folder = folder;
    this.#args = args;
    this.#child = child;
  }

  /** Resolves once it answers. */
  static async start(settings: Readonly<Record<string, string>> = {}): Promise<RedisProcess> {
    const [port = 0] = await freePorts(1);
    return RedisProcess.#startAs(port, settings);
  }

  /** One that speaks TLS only, with this certificate. */
  static async startTls(cert: string, key: string): Promise<RedisProcess> {
    const [port = 0] = await freePorts(1);
    const tls = { 'tls-port': `${port}`, 'tls-cert-file': cert, 'tls-key-file': key };
    return RedisProcess.#startAs(port, {
      ...tls,
      'tls-ca-cert-file': cert,
      'tls-auth-clients': 'no',
      port: '0',
    });
  }

  /** Three masters that are one cluster, which is served by all of them. */
  static async startCluster(): Promise<RedisProcess[]> {
    const ports = await freePorts(6);
    const nodes = await Promise.all(
      [0, 1, 2].map((i) =>
        RedisProcess.#startAs(ports[i] ?? 0, {
          'cluster-enabled': 'yes',
          'cluster-port': `${ports[i + 3] ?? 0}`,
          'cluster-node-timeout': '2000',
        }),
      ),
    );
    const slots = [0, 5461, 10_923, 16_384];
    await Promise.all(
      nodes.map(async (node, i) => {
        await node.say('CLUSTER', 'ADDSLOTSRANGE', `${slots[i] ?? 0}`, `${(slots[i + 1] ?? 0) - 1}`);
        const first = [`${ports[0] ?? 0}`, `${ports[3] ?? 0}`];
        if (i > 0) await node.say('CLUSTER', 'MEET', '127.0.0.1', ...first);
      }),
    );
    for (const node of nodes) {
      const isOk = async (): Promise<boolean> => {
        const info = String(await node.say('CLUSTER', 'INFO'));
        return info.includes('cluster_state:ok') && info.includes('cluster_known_nodes:3');
      };
      while (!(await isOk())) await sleep(20);
    }
    return nodes;
  }

  /** A sentinel that looks after a master named "main", and after the replicas that it tells of. */
  static async startSentinel(master: RedisProcess): Promise<RedisProcess> {
    const [port = 0] = await freePorts(1);
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-redis-'));
    const file = join(folder, 'sentinel.conf');
    const lines = ['down-after-milliseconds main 500', 'failover-timeout main 3000'];
    const config = [
      `sentinel monitor main 127.0.0.1 ${master.port} 1`,
      ...lines.map((line) => `sentinel ${line}`),
    ];
    writeFileSync(file, `${config.join('\n')}\n`);
    return RedisProcess.#startIn(folder, port, [file, '--sentinel', '--port', `${port}`], /\+monitor/);
  }

  static async #startAs(port: number, settings: Readonly<Record<string, string>>): Promise<RedisProcess> {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-redis-'));
    const all = { port: `${port}`, bind: '127.0.0.1', dir: folder, save: '', ...settings };
    const args = Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]);
    return RedisProcess.#startIn(folder, port, args, READY);
  }

  static async #startIn(
    folder: string,
    port: number,
    args: readonly string[],
    isUp: RegExp,
  ): Promise<RedisProcess> {
    const child = new Child(REDIS ?? 'redis-server', args);
    const server = new RedisProcess(port, folder, args, child);
    running.add(server);
    await child.says(isUp);
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Asks it something, as an operator would with redis-cli. */
  async say(command: string, ...args: string[]): Promise<unknown> {
    return sayTo(this.url, command, ...args);
  }

  /** Ends it as a power cut would, but for what the disk has. */
  async kill(): Promise<void> {
    await this.#child.kill();
  }

  /** Starts it again on what it kept, after `kill`. */
  async restart(): Promise<void> {
    this.#child = new Child(REDIS ?? 'redis-server', this.#args);
    await this.#child.says(READY);
  }

  /** Stops it in its tracks: connections stay open, new ones are made, and nobody answers. */
  pause(): void {
    this.#child.process.kill('SIGSTOP');
  }

  resume(): void {
    this.#child.process.kill('SIGCONT');
  }

  /** Ends it and removes all it had. */
  async stop(): Promise<void> {
    running.delete(this);
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** As `stop`, without waiting. */
  abandon(): void {
    this.#child.process.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

const READY = /Ready to accept connections/;

let shared: Promise<RedisProcess> | null = null;
let prefixes = 0;
const cleanUps: (() => Promise<unknown>)[] = [];

/** A server for all tests of this process. */
export async function redisUrl(): Promise<string> {
  return GIVEN_URL ?? (await (shared ??= RedisProcess.start())).url;
}

/** A prefix that no key on the server for all tests has had; its keys are removed after the test. */
export async function newPrefix(url: string): Promise<string> {
  const prefix = `gatehouse-test-${process.pid}-${(prefixes += 1)}:`;
  cleanUps.push(async () => {
    const keys = (await sayTo(url, 'KEYS', `${prefix}*`)) as string[];
    if (keys.length > 0) await sayTo(url, 'DEL', ...keys);
  });
  return prefix;
}

/** Asks a server something on a connection of its own. */
export async function sayTo(url: string, command: string, ...args: string[]): Promise<unknown> {
  // Loaded here: this file is a part of every test, and most have no use for it.
  const { Redis } = await import('ioredis');
  const redis = new Redis(url, { protocol: 2, disableClientInfo: true, retryStrategy: () => null });
  // What fails is told by the command.
  redis.on('error', () => {});
  try {
    return await redis.call(command, ...args);
  } finally {
    redis.disconnect();
  }
}

/** For `beforeEach`: skips the test, saying why, where there is no Redis. */
export function needRedis(this: Mocha.Context): void {
  if (GIVEN_URL === undefined && REDIS === undefined)
    skip(this, 'redis-server is not installed, and TEST_REDIS_URL is not set');
}

/** For `beforeEach`: skips the test where there is no Redis that may be killed. */
export function needOwnRedis(this: Mocha.Context): void {
  if (REDIS === undefined) skip(this, 'redis-server is not installed');
}

function skip(context: Mocha.Context, reason: string): void {
  if (context.currentTest) context.currentTest.title += ` (skipped: ${reason})`;
  context.skip();
}

/** Removes what a test left on the shared server; see setup.ts. */
export async function cleanUpRedis(): Promise<void> {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
}

/** Ends all servers; see setup.ts. */
export async function stopRedis(): Promise<void> {
  shared = null;
  await Promise.all([...running].map((server) => server.stop()));
}

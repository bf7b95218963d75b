import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuOf, freePort } from './server.js';

/** Debian keeps the programs of each version in a folder of its own, which is on nobody's PATH. */
const DEBIAN = '/usr/lib/postgresql';
const VERSIONS = existsSync(DEBIAN) ? readdirSync(DEBIAN).toSorted((a, b) => Number(b) - Number(a)) : [];
const FOLDERS = [
  ...VERSIONS.map((version) => join(DEBIAN, version, 'bin')),
  ...(process.env['PATH'] ?? '').split(':'),
];
/** Where its programs are; undefined: it is not installed. */
const BIN = FOLDERS.find((folder) => ['initdb', 'postgres'].every((name) => existsSync(join(folder, name))));

/** What ends a process with the one that started it, also when that is killed; nothing where there is no such program. */
const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => existsSync(path));

const PASSWORD = 'only-for-this-test';

/** Fast to start; everything that keeps a promise after a crash of the server is as it comes. */
const SETTINGS = { listen_addresses: '127.0.0.1', max_connections: '60', shared_buffers: '16MB' };

/** True: {@link PostgresProcess} can be started on this machine. */
export const HAS_POSTGRES = BIN !== undefined;

/** PostgreSQL refuses to run as root: another user of this machine does. Undefined: nobody needs to. */
function otherUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  const line = ['postgres', 'nobody'].map((name) => lines.find((text) => text.startsWith(`${name}:`)));
  const [, , uid, gid] = (line.find((text) => text !== undefined) ?? '').split(':').map(Number);
  return uid && gid ? { uid, gid } : undefined;
}

/** Whether a process is there; one that has ended holds nothing, however late it is noticed by whoever inherited it. */
function holdsMemory(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

const running = new Set<PostgresProcess>();
// Also when whoever started them is interrupted: an immediate shutdown, which leaves nobody behind.
process.on('exit', () => {
  for (const server of running) server.abandon();
});

/** PostgreSQL as its own process, on a port of its own, with its data in a temporary folder. */
export class PostgresProcess {
  readonly #folder: string;
  readonly #port: number;
  #child: ChildProcess | null = null;
  #output = '';

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.#port = port;
  }

  /** Makes an empty cluster and starts a server on it: resolves once it answers. */
  static async start(settings: Readonly<Record<string, string>> = {}): Promise<PostgresProcess> {
    if (BIN === undefined) throw new Error('PostgreSQL is not installed');
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-pg-'));
    const user = otherUser();
    writeFileSync(join(folder, 'password'), PASSWORD);
    if (user) for (const path of [folder, join(folder, 'password')]) chownSync(path, user.uid, user.gid);
    const auth = ['--auth=scram-sha-256', '--username=gatehouse', `--pwfile=${join(folder, 'password')}`];
    const places = ['--no-sync', '--locale=C', '--encoding=UTF8', `--pgdata=${join(folder, 'data')}`];
    const made = spawnSync(join(BIN, 'initdb'), [...auth, ...places], { ...user, cwd: folder });
    if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr.toString()}`);
    const server = new PostgresProcess(folder, await freePort());
    running.add(server);
    await server.restart(settings);
    return server;
  }

  get url(): string {
    return `postgres://gatehouse:${PASSWORD}@127.0.0.1:${this.#port}/postgres`;
  }

  /** Seconds of CPU that all its processes have used so far, those that have ended too; Linux only. */
  get cpu(): number {
    const pid = this.#child?.pid ?? 0;
    return [pid, ...this.#children(pid)].reduce((sum, one) => sum + cpuOf(one, one === pid), 0);
  }

  /** Starts it again after {@link kill}, on the same port with the same data. */
  async restart(settings: Readonly<Record<string, string>> = {}): Promise<void> {
    const all = { ...SETTINGS, port: String(this.#port), unix_socket_directories: this.#folder, ...settings };
    const args = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    this.#output = '';
    const postgres = join(BIN ?? '', 'postgres');
    const [command, before] = SETPRIV ? [SETPRIV, ['--pdeathsig', 'QUIT', postgres]] : [postgres, []];
    const child = spawn(command, [...before, '-D', join(this.#folder, 'data'), ...args], {
      ...otherUser(),
      cwd: this.#folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child = child;
    await new Promise<void>((resolve, reject) => {
      child.once('exit', () => reject(new Error(`PostgreSQL did not start: ${this.#output}`)));
      child.stderr.on('data', (data: Buffer) => {
        this.#output += data.toString();
        if (this.#output.includes('ready to accept connections')) resolve();
      });
    });
  }

  /** Speaks TLS from now on with this certificate; restarts for it. */
  async useCertificate({ cert, key }: { readonly cert: string; readonly key: string }): Promise<void> {
    const user = otherUser();
    const own = { ssl_cert_file: join(this.#folder, 'tls.crt'), ssl_key_file: join(this.#folder, 'tls.key') };
    for (const [from, to] of [
      [cert, own.ssl_cert_file],
      [key, own.ssl_key_file],
    ] as const) {
      copyFileSync(from, to);
      chmodSync(to, 0o600);
      if (user) chownSync(to, user.uid, user.gid);
    }
    await this.kill();
    await this.restart({ ssl: 'on', listen_addresses: '127.0.0.1,127.0.0.2', ...own });
  }

  /** Ends every process of it at once, as a loss of power would; the data stays. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
    const backends = this.#children(child.pid);
    const gone = once(child, 'exit');
    this.#signal([child.pid, ...backends], 'SIGKILL');
    await gone;
    // The shared memory is in use until the last of them is gone, and a new server refuses to start.
    while (backends.some(holdsMemory)) await sleep(2);
  }

  /** Stops every process of it in its tracks: connections stay open, and nobody answers. */
  pause(): void {
    const pid = this.#child?.pid ?? 0;
    // The one that makes new processes first.
    this.#signal([pid], 'SIGSTOP');
    this.#signal(this.#children(pid), 'SIGSTOP');
  }

  resume(): void {
    const pid = this.#child?.pid ?? 0;
    this.#signal([...this.#children(pid), pid], 'SIGCONT');
  }

  /** Ends it and removes all it had. */
  async stop(): Promise<void> {
    running.delete(this);
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** As `stop`, without waiting. */
  abandon(): void {
    const pid = this.#child?.pid;
    if (pid !== undefined) this.#signal([pid, ...this.#children(pid)], 'SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #children(pid: number): number[] {
    try {
      const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
      return text.trim().split(' ').filter(Boolean).map(Number);
    } catch {
      return [];
    }
  }

  #signal(pids: readonly number[], signal: NodeJS.Signals): void {
    for (const pid of pids) {
      try {
        process.kill(pid, signal);
      } catch {
        // It has ended by itself.
      }
    }
  }
}

/** Ends all servers that were started. */
export async function stopAllPostgres(): Promise<void> {
  await Promise.all([...running].map((server) => server.stop()));
}

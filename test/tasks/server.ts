import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

const START_TIMEOUT = 20_000;
/** The server itself gives requests under way five seconds. */
const STOP_TIMEOUT = 10_000;
/** What the server says once it takes requests. */
const LISTENS = /listens on http:\/\/127\.0\.0\.1:(\d+)/;

export interface ServerOptions {
  /** The folder with `dist`; its `storage` folder is the server's. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

/** What `npm start` runs, on a port that is free and open to this machine only. */
export class Server {
  readonly #process: ChildProcessByStdio<null, Readable, Readable>;
  #output = '';
  #port: string | null = null;

  constructor({ folder, env }: ServerOptions) {
    this.#process = spawn(process.execPath, ['--enable-source-maps', join('dist', 'bundle', 'server.js')], {
      cwd: folder,
      env: { ...env, API_HOST: '127.0.0.1', API_PORT: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        this.#output += chunk;
        this.#port ??= LISTENS.exec(this.#output)?.[1] ?? null;
        if (this.#port !== null) this.#process.emit('listening');
      });
    }
  }

  /** Everything the server has written. */
  get output(): string {
    return this.#output;
  }

  /** Resolves to the port once the server takes requests, to null when it has ended instead. */
  async started(): Promise<string | null> {
    const timer = setTimeout(() => this.kill(), START_TIMEOUT);
    await Promise.race([once(this.#process, 'listening'), once(this.#process, 'close')]);
    clearTimeout(timer);
    return this.#hasEnded ? null : this.#port;
  }

  /** Asks the server to stop; resolves once it has, to false when it had to be killed or ended badly. */
  async stop(): Promise<boolean> {
    if (!this.#hasEnded) {
      const timer = setTimeout(() => this.kill(), STOP_TIMEOUT);
      this.#process.kill('SIGTERM');
      await once(this.#process, 'close');
      clearTimeout(timer);
    }
    return this.#process.exitCode === 0;
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }

  get #hasEnded(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { openStorage } from '../../models/storage.js';

/** The compiled program that `npm run admin` runs. */
export const ADMIN = fileURLToPath(new URL('../../api/cli/admin.js', import.meta.url));

export interface Ended {
  readonly code: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Surroundings {
  /** Standard input; empty unless given. */
  readonly input?: string | Buffer;
  readonly env?: Readonly<Record<string, string>>;
}

/** The program on a folder, with hashes that cost little. */
export class AdminCli {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  get env(): Record<string, string | undefined> {
    const { PATH, NODE_V8_COVERAGE } = process.env;
    return { PATH, NODE_V8_COVERAGE, STORAGE_DIR: this.#folder, SCRYPT_COST: '4,8,1' };
  }

  run(...args: readonly string[]): Promise<Ended> {
    return this.runWith({}, ...args);
  }

  runWith(surroundings: Surroundings, ...args: readonly string[]): Promise<Ended> {
    return this.#end(surroundings, process.execPath, ADMIN, ...args);
  }

  runByNpm(...args: readonly string[]): Promise<Ended> {
    return this.#end({}, 'npm', 'run', '--silent', 'admin', '--', ...args);
  }

  /** Works on the folder as a server does. */
  async stored<T>(work: () => Promise<T>): Promise<T> {
    const storage = await openStorage({ folder: this.#folder, durableSessions: true, warn: () => {} });
    try {
      return await work();
    } finally {
      await storage.close();
    }
  }

  async #end({ input, env }: Surroundings, command: string, ...args: readonly string[]): Promise<Ended> {
    const child = spawn(command, args, { env: { ...this.env, ...env } });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    // It may end without having read.
    child.stdin.on('error', () => {});
    child.stdin.end(input ?? '');
    const [code] = (await once(child, 'close')) as unknown[];
    return { code, stdout, stderr };
  }
}

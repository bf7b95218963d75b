import { createServer, createConnection, type Server } from 'node:net';
import { join, relative, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import fs from 'fs-extra';
import { nanoid } from 'nanoid';
import { errorCode } from './log_file.js';
import { StorageLockedError } from './storage_engine.js';

/** Matches the sockets of this lock; the first group is the pid of the process that made it. */
export const LOCK_FILE = /^\.lock-(\d+)-[\w-]+\.(?:sock|new)$/;
const SOCKET_FILE = /^\.lock-(\d+)-[\w-]+\.sock$/;

/** A Unix socket's path has 108 bytes on Linux and 104 on BSD and macOS, with the final NUL. */
const LONGEST_SOCKET_PATH = 100;
/** A live owner that does not answer in this time (milliseconds) is a stopped one: it still owns the folder. */
const ANSWER_TIMEOUT = 1000;
/** A killed process closes its socket only when its last thread has ended: ask again so often, and so many ms later. */
const HUNG_UP = { tries: 20, delay: 50 };

/** What a failed connection says of the owner; whatever else goes wrong, it counts as alive. */
const ERRORS: Readonly<Record<string, Answer>> = {
  ECONNREFUSED: 'dead',
  ENOENT: 'dead',
  ECONNRESET: 'hung up',
  EPIPE: 'hung up',
};

type State = 'claiming' | 'owner' | 'yielded';
type Answer = State | 'dead' | 'silent' | 'hung up';

/**
 * Lets one process at a time work in a folder.
 *
 * A pid alone cannot tell a live owner from a dead one: after a container restart the dead owner's pid is our own,
 * two containers can both be pid 1, and a zombie still has one. A listening Unix socket can: the kernel closes it
 * with its process, and it answers across containers that share the folder.
 *
 * Each process first shows a claim of its own, a socket under a name never used again, and then asks every other
 * claim it finds. So of two that start together at least one sees the other; the owner wins, else the lower name,
 * decided in one step by the one that is asked. A socket that refuses is a dead process's, and as its name is
 * unique, removing it cannot hit a live one's.
 */
export class FolderLock {
  readonly #folder: string;
  readonly #name = `.lock-${process.pid}-${nanoid(10)}`;
  readonly #server: Server;
  #directory: fs.promises.FileHandle | null = null;
  #state: State = 'claiming';
  #yieldedTo = '';

  private constructor(folder: string) {
    this.#folder = folder;
    this.#server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', (rival) => socket.end(this.#answer(rival.toString())));
      socket.setTimeout(ANSWER_TIMEOUT, () => socket.destroy());
      socket.unref();
    });
    this.#server.unref();
  }

  /** @throws StorageLockedError naming the pid of the live process that has the folder. */
  static async acquire(folder: string): Promise<FolderLock> {
    const lock = new FolderLock(resolve(folder));
    try {
      await lock.#show();
      await lock.#askOthers();
      return lock;
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  async release(): Promise<void> {
    await fs.remove(join(this.#folder, `${this.#name}.sock`));
    // Not waited for: it stops listening at once, and an answer under way does not keep the process alive.
    this.#server.close();
    await this.#directory?.close();
    this.#directory = null;
  }

  /** Shows the claim. The name ends in .sock only once the socket listens: until then it would look dead. */
  async #show(): Promise<void> {
    const path = await this.#socketPath(`${this.#name}.new`);
    await new Promise<void>((done, fail) => {
      this.#server.on('error', fail);
      this.#server.listen(path, done);
    });
    const made = join(this.#folder, `${this.#name}.new`);
    await fs.chmod(made, 0o600);
    await fs.rename(made, join(this.#folder, `${this.#name}.sock`));
  }

  async #askOthers(): Promise<void> {
    for (const file of await fs.readdir(this.#folder)) {
      if (!SOCKET_FILE.test(file) || file === `${this.#name}.sock`) continue;
      const answer = await askPatiently(await this.#socketPath(file), this.#name);
      if (answer === 'dead') await fs.remove(join(this.#folder, file));
      else if (answer !== 'yielded') throw lockedBy(this.#folder, file);
    }
    if (this.#state === 'yielded') throw lockedBy(this.#folder, `${this.#yieldedTo}.sock`);
    this.#state = 'owner';
  }

  #answer(rival: string): State {
    if (this.#state === 'claiming' && rival < this.#name) {
      this.#state = 'yielded';
      this.#yieldedTo = rival;
    }
    return this.#state;
  }

  /** A name for a socket in the folder that is short enough, whatever the folder's own path. */
  async #socketPath(file: string): Promise<string> {
    const absolute = join(this.#folder, file);
    const short = [absolute, relative(process.cwd(), absolute)].find((path) => path.length > 0 && fits(path));
    if (short) return short;
    if (process.platform !== 'linux')
      throw new Error(`the path of the storage folder is too long: ${this.#folder}`);
    this.#directory ??= await fs.promises.open(this.#folder, 'r');
    return `/proc/self/fd/${this.#directory.fd}/${file}`;
  }
}

function fits(path: string): boolean {
  return Buffer.byteLength(path) <= LONGEST_SOCKET_PATH;
}

function lockedBy(folder: string, file: string): StorageLockedError {
  const pid = SOCKET_FILE.exec(file)?.[1] ?? 'unknown';
  return new StorageLockedError(`the storage folder ${folder} is in use by process ${pid}; stop it first`);
}

/** Asks again while the other side hangs up without a word, as a dying process does. */
async function askPatiently(path: string, name: string): Promise<Answer> {
  let answer = await ask(path, name);
  for (let tries = 1; answer === 'hung up' && tries < HUNG_UP.tries; tries += 1) {
    await delay(HUNG_UP.delay);
    answer = await ask(path, name);
  }
  return answer;
}

/** Asks the owner of a socket for its state. Only a refused connection is proof of death. */
function ask(path: string, name: string): Promise<Answer> {
  return new Promise((done) => {
    let answer = '';
    const socket = createConnection(path, () => socket.write(name));
    socket.setTimeout(ANSWER_TIMEOUT, () => {
      done('silent');
      socket.destroy();
    });
    socket.on('data', (data) => (answer += data.toString()));
    socket.on('error', (error) => {
      done(ERRORS[errorCode(error)] ?? 'silent');
    });
    socket.on('close', () => done(answer === '' ? 'hung up' : (answer as State)));
  });
}

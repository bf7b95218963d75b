import { Worker } from 'node:worker_threads';
import type { ScryptCost } from '../password.js';

/** To make a key for a password, or to tell whether a key belongs to it. */
export type HashJob =
  | { readonly password: string; readonly cost: ScryptCost }
  | { readonly password: string; readonly key: Uint8Array };

export type HashAnswer =
  { readonly result: Uint8Array | boolean; readonly error?: undefined } | { readonly error: string };

const CODE = new URL('./hash_thread.js', import.meta.url);

/** Threads that have nothing to do. There come to be as many as were ever needed at once. */
const idle: HashThread[] = [];

/**
 * Makes a key, in the format of the scrypt tool's file header (96 bytes). The caller bounds how many are made at once.
 * @throws Error when no thread could compute it.
 */
export function makeKey(password: string, cost: ScryptCost): Promise<Uint8Array> {
  return compute({ password, cost }) as Promise<Uint8Array>;
}

/**
 * True when the key was made from the password; the comparison takes constant time.
 * @throws Error when it is no key, or no thread could compute it.
 */
export function isKeyOf(password: string, key: Uint8Array): Promise<boolean> {
  return compute({ password, key }) as Promise<boolean>;
}

async function compute(job: HashJob): Promise<Uint8Array | boolean> {
  const thread = idle.pop() ?? new HashThread();
  const answer = await thread.compute(job);
  // Not one that failed otherwise, by throwing: it has ended.
  idle.push(thread);
  if (answer.error !== undefined) throw new Error(answer.error);
  return answer.result;
}

/** A thread with one job at a time. */
export class HashThread {
  readonly #worker: Worker;
  #resolve: (answer: HashAnswer) => void = () => {};
  #reject: (error: Error) => void = () => {};

  constructor(code = CODE) {
    this.#worker = new Worker(code, { name: 'password hashes', execArgv: [] })
      .on('message', (answer: HashAnswer) => this.#resolve(answer))
      .on('error', (error) => this.#reject(error))
      .on('exit', () => this.#reject(new Error('a thread that computes password hashes ended')));
  }

  /** @throws Error when the thread could not start, or ended. */
  async compute(job: HashJob): Promise<HashAnswer> {
    // Keeps the process alive while it computes, and not beyond.
    this.#worker.ref();
    try {
      return await new Promise((resolve, reject) => {
        this.#resolve = resolve;
        this.#reject = reject;
        this.#worker.postMessage(job);
      });
    } finally {
      this.#worker.unref();
    }
  }
}

/** Computes password hashes, one at a time, in a thread of its own; see hash_threads.ts. */
import crypto, { scryptSync } from 'node:crypto';
import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import type { HashAnswer, HashJob } from './hash_threads.js';

/**
 * How far hashes stand back (`nice`): those who are logged in are answered first. An idle core is theirs all the same, and
 * of a busy one they keep a quarter.
 */
const NICENESS = 5;

standBack();
const Scrypt = await loadScrypt();

parentPort?.on('message', (job: HashJob) => {
  void compute(job).then(
    (result) => answer({ result }),
    (error: unknown) => answer({ error: String(error) }),
  );
});

function compute(job: HashJob): Promise<Uint8Array | boolean> {
  const { password } = job;
  return 'key' in job ? Scrypt.verify(job.key, password) : Scrypt.kdf(password, job.cost);
}

function answer(message: HashAnswer): void {
  parentPort?.postMessage(message);
}

function standBack(): void {
  // Of a thread alone on Linux; elsewhere it would be the whole process.
  if (process.platform !== 'linux') return;
  try {
    setPriority(0, NICENESS);
  } catch {
    // A sandbox may forbid it. Hashes are as good without.
  }
}

/**
 * scrypt-kdf, computing here. It takes crypto.scrypt, which works in the threads that all files are written by too:
 * hashes would stand in the way of sessions, and no priority could be theirs alone. Modules of Node are a thread's own,
 * so what is put in its place is seen by nobody else.
 */
async function loadScrypt(): Promise<typeof import('scrypt-kdf')> {
  Object.assign(crypto, { scrypt: scryptInThisThread });
  const module = (await import('scrypt-kdf')) as unknown as { default: typeof import('scrypt-kdf') };
  return module.default;
}

function scryptInThisThread(
  ...args: [...Parameters<typeof scryptSync>, (error: null, key: Buffer) => void]
): void {
  const [password, salt, bytes, options, done] = args;
  done(null, scryptSync(password, salt, bytes, options));
}

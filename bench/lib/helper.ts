import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { own } from './server.js';

/** Starts a module as a process of its own, whose memory, caches and cores' time are its own too. */
export function startHelper(file: URL, args: readonly string[] = []): ChildProcess {
  return own(fork(file, args, { execArgv: ['--expose-gc', '--enable-source-maps'] }));
}

/**
 * Sends a message to a process of ours and resolves to its answer.
 * @throws Error when it ends without one.
 */
export async function ask<Reply>(child: ChildProcess, message: object): Promise<Reply> {
  const waiting = new AbortController();
  const { signal } = waiting;
  const answered = once(child, 'message', { signal }).then(([reply]) => reply as Reply);
  const ended = once(child, 'exit', { signal }).then(([code]) => {
    throw new Error(`a helper ended with ${String(code)}`);
  });
  try {
    child.send(message);
    return await Promise.race([answered, ended]);
  } finally {
    // Whoever lost the race is called off; nobody waits for it any more.
    ended.catch(() => {});
    answered.catch(() => {});
    waiting.abort();
  }
}

/** A helper's side: answers each message, and ends when it is no longer wanted. */
export function answer(respond: (question: never) => Promise<object>): void {
  process.on('message', (question) => {
    void respond(question as never).then((reply) => process.send?.(reply));
  });
  process.once('disconnect', () => process.exit());
}

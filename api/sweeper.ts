import type { Logger } from 'pino';
import type { SessionAuth } from './v1/auth/session_auth.js';

/** Milliseconds between two sweeps. Nothing depends on them but memory and file size: expiry is checked on use. */
const EVERY = 60_000;

/** Removes sessions that have run out, now and then, until it is stopped; resolves once no sweep is under way. */
export function startSweeper(sessions: SessionAuth, log: Logger, every = EVERY): () => Promise<void> {
  let sweep: Promise<void> | null = null;
  const timer = setInterval(() => {
    sweep ??= sweepOnce(sessions, log).finally(() => {
      sweep = null;
    });
  }, every);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await sweep;
  };
}

async function sweepOnce(sessions: SessionAuth, log: Logger): Promise<void> {
  try {
    const removed = await sessions.sweep();
    if (removed > 0) log.info({ removed }, 'expired sessions removed');
  } catch (error) {
    log.warn({ reason: String(error) }, 'expired sessions could not be removed');
  }
}

import type { Logger } from 'pino';

/** Milliseconds between two sweeps. Nothing depends on them but memory and file size: expiry is checked on use. */
const EVERY = 60_000;

/** Something that collects what has run out. */
export interface Sweepable {
  /** Removes what has run out, a slice at a time; returns how much. */
  sweep(): Promise<number>;
}

/**
 * Sweeps now and then, until it is stopped; resolves once no sweep is under way.
 * @param parts what to sweep, by the names that the log has.
 */
export function startSweeper(
  parts: Readonly<Record<string, Sweepable>>,
  log: Logger,
  every = EVERY,
): () => Promise<void> {
  let sweep: Promise<void> | null = null;
  const timer = setInterval(() => {
    sweep ??= sweepAll(parts, log).finally(() => {
      sweep = null;
    });
  }, every);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await sweep;
  };
}

async function sweepAll(parts: Readonly<Record<string, Sweepable>>, log: Logger): Promise<void> {
  for (const [name, part] of Object.entries(parts)) {
    try {
      const removed = await part.sweep();
      if (removed > 0) log.info({ removed }, `expired ${name} removed`);
    } catch (error) {
      log.warn({ reason: String(error) }, `expired ${name} could not be removed`);
    }
  }
}

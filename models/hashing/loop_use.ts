import { performance, type EventLoopUtilization } from 'node:perf_hooks';

/** Milliseconds: less than that says little of how busy a loop is. */
const LEAST = 50;

/**
 * Returns a function that tells how busy the event loop was since it was last asked: from 0, always waiting, to 1.
 * Asked again within 50 milliseconds it gives the same answer.
 */
export function loopUse(
  read: () => EventLoopUtilization = () => performance.eventLoopUtilization(),
): () => number {
  let last = read();
  let use = 0;
  return () => {
    const now = read();
    const active = now.active - last.active;
    const passed = active + now.idle - last.idle;
    if (passed < LEAST) return use;
    last = now;
    use = active / passed;
    return use;
  };
}

/**
 * Loaded into a server before everything else (`--import`), so that it can be asked from outside what stopped its
 * event loop, and be told to sweep at once: on its own it sweeps once a minute.
 */
import { StallWatch } from './stalls.js';

/** The sweeper's interval, by which its timer is known; no other timer has it. */
const SWEEP_EVERY = 60_000;

export type Order =
  { readonly do: 'watch'; readonly isProfiled: boolean } | { readonly do: 'stop' } | { readonly do: 'sweep' };

let sweep: (() => void) | null = null;
const { setInterval: realSetInterval } = globalThis;
globalThis.setInterval = Object.assign((callback: () => void, ms?: number) => {
  if (ms === SWEEP_EVERY) sweep = callback;
  return realSetInterval(callback, ms);
}, realSetInterval);

let watch = new StallWatch();

async function follow(order: Order): Promise<object> {
  if (order.do === 'watch') {
    watch = new StallWatch();
    await watch.start(order.isProfiled);
  } else if (order.do === 'stop') return watch.stop();
  else if (sweep) sweep();
  else throw new Error('the server has no sweeper');
  return {};
}

process.on('message', (order: Order) => void follow(order).then((reply) => process.send?.(reply)));
// Whoever started it is gone: nobody else would end it.
process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));

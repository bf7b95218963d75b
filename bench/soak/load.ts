import { setTimeout as delay } from 'node:timers/promises';
import { Client } from '../lib/client.js';
import { ask } from '../lib/helper.js';
import type { Server } from '../lib/server.js';
import type { Ledger } from './ledger.js';
import type { Tally } from './tally.js';
import { Visitor } from './visitor.js';

export interface LoadOptions {
  /** When to end: after so many minutes, or after so many operations. */
  readonly end: { readonly minutes: number } | { readonly operations: number };
  readonly visitors: number;
  /** Operations a second, all visitors together; 0 for as many as there can be. */
  readonly perSecond: number;
  /** Operations after which the server is told to sweep; 0: it sweeps by itself, once a minute. */
  readonly sweepEvery: number;
}

/** Where visitors write down what they did. */
export interface Notes {
  readonly ledger: Ledger;
  readonly tally: Tally;
  readonly onSweep?: () => void;
}

/** Lets visitors do what they do until the end, or until the server gives no answer (true then). */
export async function load(server: Server, options: LoadOptions, notes: Notes): Promise<boolean> {
  const { visitors, perSecond, sweepEvery } = options;
  const { tally } = notes;
  const client = new Client(server.port);
  const begin = performance.now();
  const first = tally.operations;
  let [hasBroken, sweeps] = [false, 0];
  const visit = async (_: unknown, i: number): Promise<void> => {
    const visitor = new Visitor(`v${i}-${first}`, { ...notes, client });
    for (let steps = 1; !hasBroken && !isOver(options, begin, tally.operations - first); steps += 1) {
      if (!(await visitor.step())) hasBroken = true;
      const isDue = sweepEvery > 0 && tally.operations - first >= (sweeps + 1) * sweepEvery;
      if (isDue) {
        sweeps += 1;
        await ask(server.child, { do: 'sweep' });
        notes.onSweep?.();
      }
      const wait = perSecond === 0 ? 0 : begin + (steps * visitors * 1000) / perSecond - performance.now();
      if (wait > 0) await delay(wait);
    }
  };
  await Promise.all(Array.from({ length: visitors }, visit));
  client.close();
  return hasBroken;
}

function isOver({ end }: LoadOptions, begin: number, operations: number): boolean {
  return 'minutes' in end ? performance.now() - begin > end.minutes * 60_000 : operations >= end.operations;
}

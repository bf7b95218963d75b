import type { Findings } from '../lib/findings.js';
import { removeFolder, scratchFolder } from '../lib/scratch.js';
import { sessionRecord, type SessionRecord } from '../lib/seed.js';
import { median, medianRatio, progress } from '../lib/stats.js';
import { BARE_LOG, OURS, SQLITE, stores, type OpenStore } from './stores.js';

/** Loops that each wait for their own write. */
const WRITERS = [1, 64, 1024];
/** The number of them for which there is an aim. */
const AIMED = 64;
/** Made before anything is measured, for making one takes longer than writing it. */
const RECORDS_PER_MS = 400;

export interface WritesOptions {
  readonly peers: string;
  readonly rounds: number;
  readonly ms: number;
}

/** Durable writes of everybody, with more and more writers, in turns. */
export async function benchWrites({ peers, rounds, ms }: WritesOptions, findings: Findings): Promise<void> {
  const all = stores(peers);
  progress('making records');
  const records = Array.from({ length: ms * RECORDS_PER_MS }, () => sessionRecord());
  for (const writers of WRITERS) {
    const rates = new Map<string, number[]>(all.map(({ name }) => [name, []]));
    for (let round = 0; round < rounds; round += 1) {
      progress(`durable writes, ${writers} writers, round ${round + 1} of ${rounds}`);
      for (let turn = 0; turn < all.length; turn += 1) {
        const { name, open } = all[(turn + round) % all.length]!;
        const folder = await scratchFolder();
        const store = await open(folder);
        rates.get(name)?.push(await rate(store, { writers, ms, records }));
        await store.close();
        await removeFolder(folder);
      }
    }
    const of = (name: string): number[] => rates.get(name) ?? [];
    const ratio = (name: string): number => medianRatio(of(name), of(BARE_LOG));
    findings.table(`durable session writes, ${writers} writer${writers === 1 ? '' : 's'}, ${rounds} rounds`, [
      ['store', 'writes/s', `÷ ${BARE_LOG}`],
      ...all.map(({ name }) => [name, median(of(name)).toFixed(0), ratio(name).toPrecision(2)]),
    ]);
    for (const { name } of all) findings.figure(`writes.${writers}.${name}`, ratio(name));
    if (writers !== AIMED) continue;
    findings.figure('writes.bare', ratio(OURS));
    findings.figure('writes.sqlite', medianRatio(of(OURS), of(SQLITE)));
  }
}

export interface RateOptions {
  readonly writers: number;
  readonly ms: number;
  readonly records: readonly SessionRecord[];
}

/** Writes a second made by loops that each wait for their own write. */
export async function rate(
  store: Pick<OpenStore, 'write'>,
  { writers, ms, records }: RateOptions,
): Promise<number> {
  let begun = 0;
  let count = 0;
  const start = performance.now();
  const end = start + ms;
  const loop = async (): Promise<void> => {
    while (performance.now() < end) {
      await store.write(records[begun++] ?? sessionRecord());
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: writers }, loop));
  return (count / (performance.now() - start)) * 1000;
}

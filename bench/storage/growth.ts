import { AIMED_SESSIONS } from '../lib/aims.js';
import type { Findings } from '../lib/findings.js';
import { ask, startHelper } from '../lib/helper.js';
import { removeFolder, scratchFolder } from '../lib/scratch.js';
import { sessionRecord, writeRecords } from '../lib/seed.js';
import { median, medianRatio, progress } from '../lib/stats.js';

const HELPER = new URL('growth_helper.js', import.meta.url);
/** More than are written in a millisecond. */
const RECORDS_PER_MS = 100;

export interface GrowthOptions {
  /** Sessions held, little and much. */
  readonly held: readonly number[];
  readonly rounds: number;
  readonly ms: number;
}

/** Durable writes of ours by how much the store holds: it should not matter. */
export async function benchGrowth({ held, rounds, ms }: GrowthOptions, findings: Findings): Promise<void> {
  const sides = [];
  for (const count of held) {
    progress(`a store of ${count} sessions`);
    const folder = await scratchFolder();
    await writeRecords(folder, 'UserSession', count, () => sessionRecord());
    sides.push({ count, folder, rates: [] as number[], child: startHelper(HELPER, [folder]) });
  }
  // The first round warms up: whoever has just read a million records has much to collect.
  for (let round = 0; round <= rounds; round += 1) {
    for (const { child, rates } of sides) {
      const turn = { ms, records: ms * RECORDS_PER_MS };
      const { perSecond } = await ask<{ perSecond: number }>(child, turn);
      if (round > 0) rates.push(perSecond);
    }
  }
  for (const { child, folder } of sides) {
    child.disconnect();
    await removeFolder(folder);
  }
  const first = sides[0]?.rates ?? [];
  findings.table('a session written and removed again, 64 writers, by what the store holds', [
    ['sessions held', 'pairs/s', 'ratio'],
    ...sides.map(({ count, rates }) => {
      return [String(count), median(rates).toFixed(0), medianRatio(rates, first).toFixed(2)];
    }),
  ]);
  if (held.at(-1) !== AIMED_SESSIONS) return;
  findings.figure('writes.growth', medianRatio(sides.at(-1)?.rates ?? [], first));
}

import type { Findings } from '../lib/findings.js';
import { ask, startHelper } from '../lib/helper.js';
import { removeFolder, scratchFolder } from '../lib/scratch.js';
import { sessionRecord, writeRecords } from '../lib/seed.js';
import type { Stalls } from '../lib/stalls.js';
import { progress } from '../lib/stats.js';
import { stallRows } from './housekeeping_report.js';

const HELPER = new URL('growing_helper.js', import.meta.url);
/** A store grows by this share of itself: from a million past the 2^20 at which hash tables double. */
const GROWTH = 0.1;

/** What stops the event loop while a store grows and while all its sessions are used. */
export async function benchGrowing(sessions: number, findings: Findings): Promise<void> {
  const folder = await scratchFolder();
  await writeRecords(folder, 'UserSession', sessions, () => sessionRecord());
  const child = startHelper(HELPER, [folder]);
  const more = Math.round(sessions * GROWTH);
  progress(`adding ${more} sessions to ${sessions}`);
  const growing = await ask<Stalls>(child, { more });
  const using = await ask<Stalls>(child, { more: 0 });
  child.disconnect();
  await removeFolder(folder);
  findings.table(`stops of the event loop above 20 ms at ${sessions} sessions, profiled`, [
    ['while', 'longest ms', 'times', 'cause'],
    ...stallRows(`${more} sessions are added`, growing),
    ...stallRows('each session is used once', using),
  ]);
}

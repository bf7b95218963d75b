import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Findings } from '../lib/findings.js';
import { ask, startHelper } from '../lib/helper.js';
import { removeFolder, scratchFolder } from '../lib/scratch.js';
import { sessionRecord, writeRecords, type SessionRecord } from '../lib/seed.js';
import { median, medianRatio, progress } from '../lib/stats.js';
import { openLmdb, openSqlite } from './databases.js';
import type { Reopened } from './reopen_helper.js';

const HELPER = new URL('reopen_helper.js', import.meta.url);
/** Sessions that are looked up, spread over all of them. */
const LOOKUPS = 20_000;

const SIDES = [
  ['map', 'JSON.parse per line into a Map'],
  ['ours', 'Gatehouse, with all indexes'],
  ['sqlite', 'better-sqlite3'],
  ['lmdb', 'lmdb'],
] as const;

export interface ReopenOptions {
  readonly peers: string;
  readonly sessions: number;
  readonly rounds: number;
  /** True for the number of sessions that is aimed at. */
  readonly isAimed: boolean;
}

/** Opening so many sessions, the memory they take, and how long one is looked for; each in a process of its own. */
export async function benchReopen(options: ReopenOptions, findings: Findings): Promise<void> {
  const { peers, sessions, rounds, isAimed } = options;
  progress(`seeding ${sessions} sessions in each store`);
  const folder = await seed(peers, sessions);
  const results = new Map<string, Reopened[]>(SIDES.map(([side]) => [side, []]));
  for (let round = 0; round < rounds; round += 1) {
    progress(`reopening ${sessions} sessions, round ${round + 1} of ${rounds}`);
    for (const [side] of SIDES) {
      const child = startHelper(HELPER, [folder, peers]);
      results.get(side)?.push(await ask<Reopened>(child, { side }));
      child.disconnect();
    }
  }
  await removeFolder(folder);
  const of = (side: string, what: keyof Reopened): number[] =>
    results.get(side)?.map((result) => result[what]) ?? [];
  const bytes = (side: string): number => median(of(side, 'bytes')) / sessions;
  findings.table(`reopening ${sessions} sessions, ${rounds} rounds in processes of their own`, [
    ['store', 'ms', '÷ Map', 'B/session', 'look-up ns', '÷ Map'],
    ...SIDES.map(([side, name]) => [
      name,
      median(of(side, 'ms')).toFixed(0),
      medianRatio(of(side, 'ms'), of('map', 'ms')).toFixed(2),
      bytes(side).toFixed(0),
      median(of(side, 'lookup')).toFixed(0),
      medianRatio(of(side, 'lookup'), of('map', 'lookup')).toFixed(2),
    ]),
  ]);
  findings.figure(`memory.${sessions}`, bytes('ours'));
  findings.figure(`lookup.${sessions}`, median(of('ours', 'lookup')));
  for (const [side] of SIDES)
    findings.figure(`reopen.${sessions}.${side}`, medianRatio(of(side, 'ms'), of('map', 'ms')));
  if (!isAimed) return;
  findings.figure('reopen', medianRatio(of('ours', 'ms'), of('map', 'ms')));
  findings.figure('memory', bytes('ours'));
}

/** The same sessions in a file of ours and in each database, and the ids that will be looked up. */
async function seed(peers: string, sessions: number): Promise<string> {
  const folder = await scratchFolder();
  const databases = [await openSqlite(peers, folder), await openLmdb(peers, folder)];
  const ids: string[] = [];
  const stride = Math.max(1, Math.floor(sessions / LOOKUPS));
  const make = (i: number): SessionRecord => {
    const record = sessionRecord();
    if (i % stride === 0) ids.push(record.session_id);
    return record;
  };
  await writeRecords(folder, 'UserSession', sessions, make, async (records) => {
    for (const database of databases) await database.fill(records);
  });
  for (const database of databases) await database.close();
  await writeFile(join(folder, 'ids'), ids.join('\n'));
  return folder;
}

/** Opens sessions in one of several ways and looks some of them up: how long, how much memory. */
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FileEngine } from '../../models/engine/file_engine.js';
import { UserSession } from '../../models/user_session.js';
import { answer } from '../lib/helper.js';
import { openLmdb, openSqlite } from './databases.js';

/** How a session is found by the digest of its id. */
type Find = (sessionId: string) => unknown;

export interface Reopened {
  readonly ms: number;
  /** More memory than before. */
  readonly bytes: number;
  /** Nanoseconds of one look-up. */
  readonly lookup: number;
}

/** Chunks of a megabyte, one JSON.parse per line, nothing checked and nothing indexed but the session id. */
async function parseIntoMap(folder: string): Promise<Find> {
  const records = new Map<string, unknown>();
  const handle = await open(join(folder, 'UserSession.jsonl'));
  const chunk = Buffer.alloc(1 << 20);
  let rest = '';
  for (;;) {
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, null);
    if (bytesRead === 0) break;
    const lines = (rest + chunk.toString('latin1', 0, bytesRead)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const record = JSON.parse(line) as { session_id: string };
      records.set(record.session_id, record);
    }
  }
  await handle.close();
  return (sessionId) => records.get(sessionId);
}

async function openOurs(folder: string): Promise<Find> {
  const engine = await FileEngine.open({ folder, model: 'UserSession', indexes: UserSession.indexes });
  return async (sessionId) => (await engine.find('session_id', sessionId))[0];
}

const [, , folder = '', peers = ''] = process.argv;
const SIDES: Readonly<Record<string, () => Promise<Find>>> = {
  map: () => parseIntoMap(folder),
  ours: () => openOurs(folder),
  sqlite: async () => (await openSqlite(peers, folder)).find,
  lmdb: async () => (await openLmdb(peers, folder)).find,
};

function memory(): number {
  const collect = (globalThis as { gc?: () => void }).gc ?? ((): void => {});
  collect();
  collect();
  return process.memoryUsage().rss;
}

answer(async ({ side }: { side: string }): Promise<Reopened> => {
  const ids = (await readFile(join(folder, 'ids'), 'utf8')).split('\n');
  const before = memory();
  const start = performance.now();
  const find = (await SIDES[side]?.()) ?? (() => null);
  const ms = performance.now() - start;
  const bytes = memory() - before;
  // Once to warm up, and to see that they are there.
  for (const id of ids) if (!(await find(id))) throw new Error(`${side} has lost ${id}`);
  const from = performance.now();
  for (const id of ids) await find(id);
  return { ms, bytes, lookup: ((performance.now() - from) * 1e6) / ids.length };
});

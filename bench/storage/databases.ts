import { join } from 'node:path';
import { importPeer } from '../lib/peers.js';
import type { SessionRecord } from '../lib/seed.js';

/** A database with sessions by the digest of their id. */
export interface Sessions {
  write(record: SessionRecord): Promise<void>;
  /** Many at once, in one transaction. */
  fill(records: readonly SessionRecord[]): Promise<void>;
  find(sessionId: string): unknown;
  close(): Promise<void>;
}

interface Sqlite {
  pragma(text: string): void;
  exec(sql: string): void;
  prepare(sql: string): {
    run(...values: unknown[]): void;
    get(value: string): { record: string } | undefined;
  };
  transaction(work: (records: readonly SessionRecord[]) => void): (records: readonly SessionRecord[]) => void;
  close(): void;
}

/** better-sqlite3 with a write-ahead log synced at each commit: everything that comes in one tick is one transaction. */
export async function openSqlite(peers: string, folder: string): Promise<Sessions> {
  type Module = { default: new (file: string) => Sqlite };
  const { default: Database } = await importPeer<Module>(peers, 'better-sqlite3');
  const db = new Database(join(folder, 'sqlite.db'));
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec('CREATE TABLE IF NOT EXISTS session (session_id TEXT PRIMARY KEY, record TEXT NOT NULL)');
  const insert = db.prepare('INSERT INTO session VALUES (?, ?)');
  const select = db.prepare('SELECT record FROM session WHERE session_id = ?');
  const insertAll = db.transaction((records) => {
    for (const record of records) insert.run(record.session_id, JSON.stringify(record));
  });
  let waiting: SessionRecord[] = [];
  let tick: Promise<void> | null = null;
  const commit = (done: () => void): void => {
    const records = waiting;
    waiting = [];
    tick = null;
    insertAll(records);
    done();
  };
  return {
    write(record) {
      waiting.push(record);
      return (tick ??= new Promise((done) => setImmediate(commit, done)));
    },
    fill: async (records) => insertAll(records),
    find: (sessionId) => JSON.parse(select.get(sessionId)?.record ?? 'null') as unknown,
    close: async () => db.close(),
  };
}

interface Lmdb {
  readonly flushed: Promise<unknown>;
  put(key: string, value: object): Promise<unknown>;
  get(key: string): unknown;
  batch(work: () => void): Promise<unknown>;
  close(): Promise<void>;
}

/** lmdb; a commit alone is not on the disk yet, so that a write waits for the flush behind it. */
export async function openLmdb(peers: string, folder: string): Promise<Sessions> {
  type Module = { open(options: { path: string }): Lmdb };
  const { open } = await importPeer<Module>(peers, 'lmdb');
  const db = open({ path: join(folder, 'lmdb') });
  return {
    async write(record) {
      await db.put(record.session_id, record);
      await db.flushed;
    },
    async fill(records) {
      await db.batch(() => {
        for (const record of records) void db.put(record.session_id, record);
      });
      await db.flushed;
    },
    find: (sessionId) => db.get(sessionId),
    close: () => db.close(),
  };
}

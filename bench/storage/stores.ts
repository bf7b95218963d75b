import { open } from 'node:fs/promises';
import { join } from 'node:path';
import fs from 'fs-extra';
import { FileEngine } from '../../models/engine/file_engine.js';
import { UserSession } from '../../models/user_session.js';
import { importPeer } from '../lib/peers.js';
import { sessionRecord, type SessionRecord } from '../lib/seed.js';
import { BareLog } from './bare_log.js';
import { openLmdb, openSqlite } from './databases.js';

/** Something that keeps records, open. */
export interface OpenStore {
  /** Resolves when the record is as safe as this store makes it. */
  write(record: SessionRecord): Promise<void>;
  close(): Promise<void>;
}

export interface Store {
  readonly name: string;
  /** Opens an empty one. */
  open(folder: string): Promise<OpenStore>;
}

export const BARE_LOG = 'bare group-commit log';
export const OURS = 'Gatehouse';
export const SQLITE = 'better-sqlite3';
/** Records that lowdb, which writes all of them each time, holds before the first write. */
const HELD_BY_LOWDB = 10_000;

/** Everything that durable writes are measured with. */
export function stores(peers: string): Store[] {
  return [
    { name: BARE_LOG, open: openBareLog },
    { name: OURS, open: openOurs },
    { name: SQLITE, open: (folder) => openSqlite(peers, folder) },
    { name: 'lmdb', open: (folder) => openLmdb(peers, folder) },
    { name: '@seald-io/nedb (no sync)', open: (folder) => openNedb(peers, folder) },
    { name: `lowdb (no sync), ${HELD_BY_LOWDB} held`, open: (folder) => openLowdb(peers, folder) },
    { name: 'one file per record', open: openFiles },
  ];
}

async function openBareLog(folder: string): Promise<OpenStore> {
  const handle = await open(join(folder, 'bare.jsonl'), 'a');
  const log = new BareLog(handle);
  return {
    write: (record) => log.append(`${JSON.stringify(record)}\n`),
    close: () => handle.close(),
  };
}

async function openOurs(folder: string): Promise<OpenStore> {
  const engine = await FileEngine.open({ folder, model: 'UserSession', indexes: UserSession.indexes });
  return { write: (record) => engine.put(record), close: () => engine.close() };
}

interface Nedb {
  autoloadPromise: Promise<void>;
  ensureIndexAsync(options: { fieldName: string; unique?: boolean }): Promise<void>;
  insertAsync(record: object): Promise<unknown>;
  compactDatafileAsync(): Promise<void>;
}

async function openNedb(peers: string, folder: string): Promise<OpenStore> {
  type Module = { default: new (options: { filename: string; autoload: true }) => Nedb };
  const { default: Datastore } = await importPeer<Module>(peers, '@seald-io/nedb');
  const db = new Datastore({ filename: join(folder, 'nedb.db'), autoload: true });
  await db.autoloadPromise;
  await db.ensureIndexAsync({ fieldName: 'session_id', unique: true });
  return {
    write: async (record) => void (await db.insertAsync({ ...record })),
    // It has no closing, and keeps no file open between two writes.
    close: async () => {},
  };
}

interface Lowdb {
  data: SessionRecord[];
  write(): Promise<void>;
}

async function openLowdb(peers: string, folder: string): Promise<OpenStore> {
  type Module = { JSONFilePreset(file: string, data: SessionRecord[]): Promise<Lowdb> };
  const { JSONFilePreset } = await importPeer<Module>(peers, 'lowdb/node');
  const held = Array.from({ length: HELD_BY_LOWDB }, () => sessionRecord());
  const db = await JSONFilePreset(join(folder, 'lowdb.json'), held);
  return {
    async write(record) {
      db.data.push(record);
      await db.write();
    },
    close: async () => {},
  };
}

async function openFiles(folder: string): Promise<OpenStore> {
  const directory = await open(folder, 'r');
  return {
    async write(record) {
      const path = join(folder, record.id);
      const handle = await open(`${path}.tmp`, 'wx');
      await handle.write(JSON.stringify(record));
      await handle.sync();
      await handle.close();
      await fs.rename(`${path}.tmp`, path);
      await directory.sync();
    },
    close: () => directory.close(),
  };
}

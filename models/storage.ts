import { join } from 'node:path';
import { AuditLog } from './audit/audit_log.js';
import type { AuditLimits, AuditStore } from './audit/audit_store.js';
import { bindModel, currentTime, type Base, type ModelClass } from './base.js';
import { FileEngine } from './engine/file_engine.js';
import { openFolder, openSharedFolder } from './engine/folder.js';
import type { FolderLock } from './engine/folder_lock.js';
import { MemoryEngine } from './engine/memory_engine.js';
import type { PostgresStore } from './engine/postgres/postgres_store.js';
import type { SharedStore, TableOptions } from './engine/shared_store.js';
import type { StorageEngine } from './engine/storage_engine.js';
import { ThrottleEntry } from './throttle_entry.js';
import { User } from './user.js';
import { SESSION_CEILING, UserSession } from './user_session.js';

/** Every model that is kept, in the order in which files are opened and checked. */
export const MODELS: readonly ModelClass<Base>[] = [User, UserSession, ThrottleEntry];

export interface StorageOptions {
  /** The folder of the files. With a `url` several processes may have the same one, for it holds no records then. */
  readonly folder: string;
  /** `postgres://…`, where records are kept instead of in files; null: in files. */
  readonly url?: string | null;
  /** `redis://…`, where sessions and the throttle's counts are kept instead; null: with the rest. */
  readonly sessionUrl?: string | null;
  /**
   * False keeps sessions in memory: they end with the process. A store on a server has them all the same, because
   * there may be more than one process.
   */
  readonly durableSessions: boolean;
  /** Seconds of a session that is not to be remembered, after which a store on a server removes it. */
  readonly sessionLifetime?: number;
  /** Told about anything an operator should know. */
  readonly warn: (message: string) => void;
}

/** The open storage of a process. */
export interface Storage {
  /**
   * Asks every store on a server for an answer.
   * @throws StorageUnavailableError when there is none within two seconds.
   */
  check(): Promise<void>;

  /**
   * Replaces a short text that all processes on this storage share, by what `next` makes of the one that is there; see
   * {@link SharedStore.note}. Does nothing where the storage is for one process alone.
   */
  note(name: string, next: (known: string | null) => string): Promise<void>;

  /**
   * Opens the audit trail, in the folder `audit` or in the database that has everything else. To be closed first.
   * @throws what opening the storage throws.
   */
  openAudit(limits: AuditLimits): Promise<AuditStore>;

  /** Waits for pending writes, then gives the folder free and lets go of all connections. */
  close(): Promise<void>;
}

/** What was opened so far, so that it can be closed again however far that came. */
class Opened implements Storage {
  readonly #folder: string;
  /** Where everything is, unless it is in files. */
  main: PostgresStore | null = null;
  /** Where that is which comes and goes. */
  sessions: SharedStore | null = null;
  readonly engines: StorageEngine[] = [];
  lock: FolderLock | null = null;
  #closing: Promise<void> | null = null;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async openAudit(limits: AuditLimits): Promise<AuditStore> {
    if (!this.main) return AuditLog.open({ ...limits, folder: join(this.#folder, 'audit') });
    const { AuditTable } = await import('./audit/audit_table.js');
    return AuditTable.open(this.main, limits);
  }

  async check(): Promise<void> {
    await Promise.all(this.#stores.map((store) => store.check()));
  }

  async note(name: string, next: (known: string | null) => string): Promise<void> {
    await this.main?.note(name, next);
  }

  /** However often it is called: the folder is given free once, after the last write. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  get #stores(): SharedStore[] {
    return [this.main, this.sessions].filter((store) => store !== null);
  }

  async #close(): Promise<void> {
    try {
      await Promise.all(this.engines.map((engine) => engine.close()));
    } finally {
      await Promise.all(this.#stores.map((store) => store.close()));
      await this.lock?.release();
    }
  }
}

/**
 * Opens the storage and binds the models to it: a folder for this process alone, or stores on servers.
 * @throws StorageLockedError, StorageCorruptError, StorageVersionError, StorageUnavailableError, or the system's error
 * when the folder cannot be used.
 */
export async function openStorage(options: StorageOptions): Promise<Storage> {
  const opened = new Opened(options.folder);
  try {
    await openStores(options, opened);
    for (const model of MODELS) {
      const store = model === User ? opened.main : (opened.sessions ?? opened.main);
      const isKept = store !== null || model !== UserSession || options.durableSessions;
      const engine = isKept ? await openEngine(model, store, options) : new MemoryEngine(model);
      opened.engines.push(engine);
      bindModel(model, engine, { isShared: store !== null });
    }
    await opened.check();
    return opened;
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/** Binds the models to memory: for tests and for trying the classes out without touching a server's files. */
export function useMemory(): void {
  for (const model of MODELS) bindModel(model, new MemoryEngine(model));
}

/** The stores that the URLs name, each loaded when it is asked for. A folder that holds records is locked. */
async function openStores(options: StorageOptions, opened: Opened): Promise<void> {
  const { folder, url = null, sessionUrl = null, warn } = options;
  if (url === null) {
    opened.lock = await openFolder(folder, warn);
  } else {
    await openSharedFolder(folder, warn);
    const { PostgresStore } = await import('./engine/postgres/postgres_store.js');
    opened.main = await PostgresStore.open({ url, warn });
  }
  if (sessionUrl !== null) {
    const { RedisStore } = await import('./engine/redis/redis_store.js');
    opened.sessions = await RedisStore.open({ url: sessionUrl, warn });
  }
}

async function openEngine(
  model: ModelClass<Base>,
  store: SharedStore | null,
  options: StorageOptions,
): Promise<StorageEngine> {
  const { folder, warn } = options;
  const { name, indexes } = model;
  return store
    ? store.engine(tableOf(model, options))
    : FileEngine.open({ folder, model: name, indexes, warn });
}

/** When records are over is told by the models' clock. Users never are. */
export function tableOf(
  model: Pick<ModelClass<Base>, 'name' | 'indexes'>,
  { sessionLifetime = SESSION_CEILING }: Pick<StorageOptions, 'sessionLifetime'> = {},
): TableOptions {
  const table = { model: model.name, indexes: model.indexes, now: currentTime };
  if (model === UserSession)
    return { ...table, expiresAt: (record) => UserSession.endOf(record, sessionLifetime) };
  return model === ThrottleEntry ? { ...table, expiresAt: (record) => ThrottleEntry.endOf(record) } : table;
}

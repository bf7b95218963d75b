import { bindModel, type Base, type ModelClass } from './base.js';
import { FileEngine } from './engine/file_engine.js';
import { openFolder } from './engine/folder.js';
import { MemoryEngine } from './engine/memory_engine.js';
import type { StorageEngine } from './engine/storage_engine.js';
import { ThrottleEntry } from './throttle_entry.js';
import { User } from './user.js';
import { UserSession } from './user_session.js';

/** Every model that is kept, in the order in which files are opened and checked. */
export const MODELS: readonly ModelClass<Base>[] = [User, UserSession, ThrottleEntry];

export interface StorageOptions {
  readonly folder: string;
  /** False keeps sessions in memory: they end with the process. */
  readonly durableSessions: boolean;
  /** Told about anything an operator should know. */
  readonly warn: (message: string) => void;
}

/** The open storage of a process. */
export interface Storage {
  /** Waits for pending writes, then gives the folder free. */
  close(): Promise<void>;
}

/**
 * Opens the storage folder for this process alone and binds the models to it.
 * @throws StorageLockedError, StorageCorruptError, or the system's error when the folder cannot be used.
 */
export async function openStorage(options: StorageOptions): Promise<Storage> {
  const lock = await openFolder(options.folder, options.warn);
  const engines: StorageEngine[] = [];
  let closing: Promise<void> | null = null;
  const closeAll = async (): Promise<void> => {
    try {
      await Promise.all(engines.map((engine) => engine.close()));
    } finally {
      await lock.release();
    }
  };
  // However often it is called: the folder is given free once, after the last write.
  const close = (): Promise<void> => (closing ??= closeAll());
  try {
    for (const model of MODELS) {
      const engine = await openEngine(model, options);
      engines.push(engine);
      bindModel(model, engine);
    }
    return { close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Binds the models to memory: for tests and for trying the classes out without touching a server's files. */
export function useMemory(): void {
  for (const model of MODELS) bindModel(model, new MemoryEngine(model));
}

async function openEngine(model: ModelClass<Base>, options: StorageOptions): Promise<StorageEngine> {
  const { folder, warn } = options;
  const { name, indexes } = model;
  if (model === UserSession && !options.durableSessions) return new MemoryEngine({ indexes });
  return FileEngine.open({ folder, model: name, indexes, warn });
}

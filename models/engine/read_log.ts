import { join } from 'node:path';
import { LogFile, realFileSystem } from './log_file.js';
import { isTombstone } from './log_format.js';
import { BadLineError, readLog } from './log_reader.js';
import { StorageCorruptError, type Index, type StoredRecord } from './storage_engine.js';
import { Table } from './table.js';
import { TextPool } from './text_pool.js';

export interface ReadLogOptions {
  /** The storage folder; whoever reads in it holds its lock. */
  readonly folder: string;
  readonly model: string;
  readonly indexes: readonly Index[];
  /** Told about a torn last line, which is left where it is. */
  readonly warn: (message: string) => void;
}

/** Where a model's records are in a storage folder. */
export function logPath({ folder, model }: Pick<ReadLogOptions, 'folder' | 'model'>): string {
  return join(folder, `${model}.jsonl`);
}

/**
 * Reads what a model's file holds now, in the order of creation, and changes nothing: what opening the file for work
 * would cut off or tidy up stays.
 * @returns null when there is no such file.
 * @throws StorageCorruptError naming file and line when a line is not what this program wrote.
 */
export async function recordsInLog(options: ReadLogOptions): Promise<readonly StoredRecord[] | null> {
  const path = logPath(options);
  const log = await LogFile.open(path, realFileSystem, 'r');
  if (!log) return null;
  try {
    const table = new Table(options.indexes);
    const texts = new TextPool();
    const { torn } = await readLog(log, options.model, (change) => {
      if (isTombstone(change)) table.delete(change.id);
      else table.set(Object.freeze(texts.share(change)));
    });
    if (torn > 0) options.warn(`${path}: leaving out a torn last line (${torn} bytes), never acknowledged`);
    return [...table.snapshot()];
  } catch (error) {
    if (!(error instanceof BadLineError)) throw error;
    throw new StorageCorruptError(
      `${path}, line ${error.line} ${error.reason}. Nothing was changed; "npm run repair" shows what can be done.`,
    );
  } finally {
    await log.close();
  }
}

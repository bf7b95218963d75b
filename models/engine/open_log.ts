import { join } from 'node:path';
import { compactionPath } from './compaction.js';
import { LogFile, syncFolderOf, unlinkQuietly, type FileSystem } from './log_file.js';
import { headerLine, isTombstone } from './log_format.js';
import { BadLineError, readLog } from './log_reader.js';
import { StorageCorruptError, type Index } from './storage_engine.js';
import { Table } from './table.js';
import { TextPool } from './text_pool.js';

/** What opening a model's file gives: the file, its live records, and how many changes it holds. */
export interface OpenedLog {
  readonly log: LogFile;
  readonly table: Table;
  readonly changes: number;
}

export interface OpenLogOptions {
  readonly folder: string;
  readonly model: string;
  readonly indexes: readonly Index[];
  readonly warn: (message: string) => void;
  readonly fs: FileSystem;
}

/**
 * Opens or makes a model's file and reads it whole. A torn last line is cut off and said so. What is served from
 * here on is on the disk: a crash may have left lines that were written but never synced, so they are synced now.
 * @param acknowledged after a failed write: the durable length in bytes, beyond which nothing counts.
 * @throws StorageCorruptError naming file and line when a line is not what this program wrote.
 */
export async function openLog(options: OpenLogOptions, acknowledged?: number): Promise<OpenedLog> {
  const { fs, warn, model } = options;
  const path = join(options.folder, `${model}.jsonl`);
  await unlinkQuietly(compactionPath(path), fs);
  const log = await LogFile.open(path, fs);
  if (!log && acknowledged !== undefined) throw new Error('the file is gone');
  if (!log) return makeLog(await LogFile.create(path, fs), path, options);
  try {
    await log.makePrivate();
    if (acknowledged !== undefined) await cutTo(acknowledged, log);
    const table = new Table(options.indexes);
    const { size, changes, torn } = await readInto(table, log, path, model);
    if (acknowledged !== undefined && size !== acknowledged)
      throw new Error('acknowledged lines are damaged');
    if (size === 0) {
      warn(
        `${path}: ${log.size === 0 ? 'was empty' : 'held only a torn header'}; starting with an empty store`,
      );
      await log.truncate(0);
      return await makeLog(log, path, options);
    }
    if (torn > 0)
      warn(`${path}: cut off a torn last line (line ${changes + 2}, ${torn} bytes), never acknowledged`);
    await log.truncate(size);
    await syncFolderOf(path, fs);
    return { log, table, changes };
  } catch (error) {
    await log.close().catch(() => {});
    throw error;
  }
}

async function makeLog(log: LogFile, path: string, options: OpenLogOptions): Promise<OpenedLog> {
  try {
    await log.append(headerLine(options.model));
    await syncFolderOf(path, options.fs);
  } catch (error) {
    await log.close().catch(() => {});
    throw error;
  }
  return { log, table: new Table(options.indexes), changes: 0 };
}

async function cutTo(acknowledged: number, log: LogFile): Promise<void> {
  if (log.size < acknowledged) throw new Error('the file is shorter than what was acknowledged');
  if (log.size > acknowledged) await log.truncate(acknowledged);
}

async function readInto(table: Table, log: LogFile, path: string, model: string) {
  try {
    const texts = new TextPool();
    return await readLog(log, model, (change) => {
      if (isTombstone(change)) table.delete(change.id);
      else table.set(Object.freeze(texts.share(change)));
    });
  } catch (error) {
    if (!(error instanceof BadLineError)) throw error;
    throw new StorageCorruptError(
      `${path}, line ${error.line} ${error.reason}. Nothing was changed; "npm run repair" shows what can be done.`,
    );
  }
}

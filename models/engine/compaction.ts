import { LogFile, renamePatiently, syncFolderOf, unlinkQuietly, type FileSystem } from './log_file.js';
import { changeLine, headerLine } from './log_format.js';
import type { Snapshot } from './rows.js';
import type { StoredRecord } from './storage_engine.js';
import { slicesOf } from './table.js';

/** What a compaction works on, and the hooks by which it and its engine keep out of each other's way. */
export interface Compaction {
  readonly path: string;
  readonly model: string;
  readonly fs: FileSystem;
  /** The log as it is; `records` are what its acknowledged lines amount to at this moment. */
  readonly log: LogFile;
  readonly records: Snapshot<StoredRecord>;
  /** False once the engine closes or distrusts its file: the compaction then gives up. */
  isWanted(): boolean;
  /** Runs a job while nothing is written to the log. */
  standStill(job: () => Promise<void>): Promise<void>;
  /** The new file has taken the old one's name: the next write must go there. */
  onReplaced(log: LogFile): void;
  /** The new file is in place, but nobody knows whether it would still be after a power cut. */
  onUncertain(error: unknown): void;
}

/** Records written in one go: half a millisecond in which nobody else is served. */
const SLICE = 100;

/** The name of a compaction's file until it takes its place; one left by a crash is removed at the next start. */
export function compactionPath(path: string): string {
  return `${path}.compact`;
}

/**
 * Writes the live records to a new file while the old one goes on growing, then, in one short standstill, copies
 * what came meanwhile and renames the new file over the old. A crash at any point leaves one whole file in place.
 * @throws when it had to give up; the log is as it was.
 */
export async function compact(work: Compaction): Promise<void> {
  const { fs, path } = work;
  const temporary = compactionPath(path);
  // Before the first wait: a write that is acknowledged meanwhile is not in `records` and must be copied.
  let position = work.log.size;
  await unlinkQuietly(temporary, fs);
  const target = await LogFile.create(temporary, fs);
  try {
    await writeSnapshot(work, target);
    position = await work.log.copyTail(position, target);
    // The long sync is here, where it stops nobody; the one in the standstill has only the last lines left to do.
    await target.sync();
    position = await work.log.copyTail(position, target);
    await work.standStill(async () => {
      assertWanted(work);
      await work.log.copyTail(position, target);
      await target.sync();
      const doubt = await replace(temporary, path, target, fs);
      work.onReplaced(target);
      // Said while everything stands still: a write begun in between would be acknowledged and then cut off.
      if (doubt !== null) work.onUncertain(doubt);
    });
  } catch (error) {
    await target.close().catch(() => {});
    await unlinkQuietly(temporary, fs).catch(() => {});
    throw error;
  }
  await work.log.close().catch(() => {});
}

/**
 * Gives the new file the old one's name, durably.
 * @returns null, or the error that leaves it open whether the new name would survive a power cut.
 * @throws when the old file is still in place.
 */
async function replace(temporary: string, path: string, target: LogFile, fs: FileSystem): Promise<unknown> {
  try {
    await renamePatiently(temporary, path, fs);
  } catch (error) {
    if (await target.isAt(path, fs)) return error;
    throw error;
  }
  return syncFolderOf(path, fs).then(
    () => null,
    (error: unknown) => error,
  );
}

async function writeSnapshot(work: Compaction, target: LogFile): Promise<void> {
  await target.appendLater(Buffer.from(headerLine(work.model)));
  for await (const slice of slicesOf(work.records, SLICE)) {
    assertWanted(work);
    await target.appendLater(Buffer.from(slice.map(changeLine).join('')));
  }
}

function assertWanted(work: Compaction): void {
  if (!work.isWanted()) throw new Error('given up because the engine is closing or its file is in doubt');
}

import { chmod, mkdir } from 'node:fs/promises';
import { LogFile, syncFolderOf, type FileSystem } from '../engine/log_file.js';
import { readLines } from '../engine/log_reader.js';
import { currentTime } from '../base.js';
import { dayOf, daysBefore, parseEvent } from './audit_line.js';
import { listFiles, type AuditFile } from './audit_files.js';
import { Trail, type TrailOptions } from './trail.js';

/** Bad lines of a file that are warned about one by one. */
const MOST_WARNINGS = 10;

/**
 * Opens a trail: makes its folder, deletes what is too old or too much, and builds the index of the rest.
 *
 * A line that is none of ours is skipped with a warning and left where it is, where a model's file would refuse the
 * start. A model's line is state: without it a revoked session could live again. The trail is history that nobody's
 * rights hang on, and a stray byte in it must not be a way to keep the server down.
 * @throws the system's error when the folder cannot be made or listed: better at the start than at the first attack.
 */
export async function openTrail(options: TrailOptions): Promise<Trail> {
  const { folder, fs, warn } = options;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  await syncFolderOf(folder, fs);
  const trail = new Trail(options);
  const files = await listFiles(folder);
  for (const file of files) {
    trail.addFile(file);
    await scan(trail, file, file === files.at(-1)).catch((error: unknown) => {
      warn(`${trail.pathOf(file)}: cannot be read as a whole, events may not be found: ${String(error)}`);
    });
  }
  const today = dayOf(currentTime());
  const { newest } = trail;
  if (newest && daysBefore(newest.day, 1) > today)
    warn(`${trail.pathOf(newest)}: is of the future: the clock is wrong, or was`);
  await trail.dropOverdue(today);
  await trail.makeRoom(0);
  return trail;
}

async function scan(trail: Trail, file: AuditFile, isNewest: boolean): Promise<void> {
  const { fs, warn } = trail.options;
  const path = trail.pathOf(file);
  const log = await LogFile.open(path, fs, 'r');
  if (!log) return;
  try {
    file.size = log.size;
    const { size, bad } = await indexLines(trail, log, path);
    if (bad > MOST_WARNINGS) warn(`${path}: ${bad} bad lines in all`);
    if (size === log.size) return;
    warn(
      `${path}: ${isNewest ? 'cutting off' : 'ignoring'} a torn last line (${log.size - size} bytes), never acknowledged`,
    );
    if (!isNewest) return;
    // Set first: should the cut fail, the next write cuts at this size before it writes.
    file.size = size;
    await cut(path, size, fs);
  } finally {
    await log.close();
  }
}

async function cut(path: string, size: number, fs: FileSystem): Promise<void> {
  const log = await LogFile.open(path, fs);
  try {
    await log?.truncate(size);
  } finally {
    await log?.close();
  }
}

async function indexLines(trail: Trail, log: LogFile, path: string): Promise<{ size: number; bad: number }> {
  let offset = 0;
  let bad = 0;
  const { size } = await readLines(log, {
    line(text, number, length) {
      const event = parseEvent(text);
      if (event && event.user !== null) trail.index.add(event.user, offset);
      if (!event) bad += 1;
      if (!event && bad <= MOST_WARNINGS)
        trail.options.warn(`${path}, line ${number}: is no audit event; skipped`);
      offset += length;
    },
  });
  return { size, bad };
}

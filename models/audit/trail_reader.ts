import { LogFile } from '../engine/log_file.js';
import { LONGEST_LINE, parseEvent, type StoredEvent } from './audit_line.js';
import type { AuditFile } from './audit_files.js';
import type { Place } from './event_index.js';
import type { Trail } from './trail.js';

const NEWLINE = 10;
/** Bytes in which most lines end. */
const USUAL = 1 << 10;

/**
 * Reads a user's events back from where the index says they lie: never a scan. A place whose file has just gone is
 * left out, and so is one that holds no event of this user: somebody edited the file, and nobody may see another's.
 * @throws the system's error when a file cannot be read.
 */
export async function readEvents(
  trail: Trail,
  user: string,
  places: readonly Place[],
): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  let log: LogFile | null = null;
  let opened: AuditFile | null = null;
  try {
    for (const { file, offset } of places) {
      if (file !== opened) {
        await log?.close();
        log = await LogFile.open(trail.pathOf(file), trail.options.fs, 'r');
        opened = file;
      }
      const event = log && parseEvent(await lineAt(log, offset));
      if (event?.user === user) events.push(event);
      else if (log) warnOfEdit(trail, file, offset);
    }
  } finally {
    await log?.close();
  }
  return events;
}

async function lineAt(log: LogFile, offset: number): Promise<string | null> {
  for (const length of [USUAL, LONGEST_LINE]) {
    const bytes = Buffer.alloc(length);
    const found = bytes.subarray(0, await log.read(bytes, offset));
    const end = found.indexOf(NEWLINE);
    if (end >= 0) return found.toString('utf8', 0, end);
  }
  return null;
}

function warnOfEdit(trail: Trail, file: AuditFile, offset: number): void {
  trail.options.warn(
    `${trail.pathOf(file)}: was changed by somebody else, byte ${offset} is not what was written`,
  );
}

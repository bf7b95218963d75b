import { join } from 'node:path';
import { LogFile, errorCode, realFileSystem } from '../engine/log_file.js';
import { readLines } from '../engine/log_reader.js';
import { listFiles, nameOf, type AuditFile } from './audit_files.js';
import { parseEvent } from './audit_line.js';

/** A line of the trail, without its newline. */
export interface TrailLine {
  /** Its event's time in milliseconds since 1970. */
  readonly at: number;
  readonly text: string;
}

/** A line's time; null when it is no line of ours. */
export function timeOfLine(text: string | null): number | null {
  const at = Date.parse(parseEvent(text)?.at ?? '');
  return Number.isNaN(at) ? null : at;
}

/**
 * All lines of the trail in a folder, in the order of their events' times, and changes nothing. A file is in the order in which
 * they were written: what is counted for a minute is written after it.
 * @param warn told of lines that are none of ours, which are left out.
 */
export async function linesOfTrail(folder: string, warn: (message: string) => void): Promise<TrailLine[]> {
  const files = await listFiles(folder).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  });
  const lines: TrailLine[] = [];
  for (const file of files) {
    const bad = await readFile(folder, file, lines);
    if (bad > 0) warn(`${join(folder, nameOf(file))}: ${bad} lines are no audit events and are left out`);
  }
  return lines.toSorted((one, other) => one.at - other.at);
}

/** Adds a file's lines; how many were none of ours. */
async function readFile(folder: string, file: AuditFile, lines: TrailLine[]): Promise<number> {
  const log = await LogFile.open(join(folder, nameOf(file)), realFileSystem, 'r');
  if (!log) return 0;
  let bad = 0;
  try {
    await readLines(log, {
      line(text) {
        const at = timeOfLine(text);
        if (text === null || at === null) bad += 1;
        else lines.push({ at, text });
      },
    });
    return bad;
  } finally {
    await log.close();
  }
}

import { readdir } from 'node:fs/promises';

/** A file of the trail: a day, or a piece of one that was too busy for one file. */
export interface AuditFile {
  /** YYYY-MM-DD, UTC. */
  readonly day: string;
  /** 0 for a day's first file, which is its only one on most days. */
  readonly piece: number;
  /** Its durable length in bytes. */
  size: number;
}

/** A place in somebody's own activity: the how-manieth of their events in a file, from 0. */
export interface Mark {
  readonly day: string;
  readonly piece: number;
  readonly ordinal: number;
}

const NAME = /^(\d{4}-\d\d-\d\d)(?:\.([1-9]\d{0,8}))?\.jsonl$/;
const MARK = /^(\d{4}-\d\d-\d\d)\.(\d{1,9})\.(\d{1,10})$/;

/** `2026-01-31.jsonl`, then `2026-01-31.1.jsonl` and so on. */
export function nameOf({ day, piece }: AuditFile): string {
  return piece === 0 ? `${day}.jsonl` : `${day}.${piece}.jsonl`;
}

/** The trail's files in a folder, oldest first, their sizes not yet known; other files are not ours to touch. */
export async function listFiles(folder: string): Promise<AuditFile[]> {
  const files: AuditFile[] = [];
  for (const name of await readdir(folder)) {
    const [, day, piece = '0'] = NAME.exec(name) ?? [];
    if (day !== undefined && !Number.isNaN(Date.parse(day)))
      files.push({ day, piece: Number(piece), size: 0 });
  }
  return files.toSorted(compareFiles);
}

/** The file that comes next on a day. */
export function nextFile(files: readonly AuditFile[], day: string): AuditFile {
  const pieces = files.filter((file) => file.day === day).map(({ piece }) => piece);
  return { day, piece: Math.max(-1, ...pieces) + 1, size: 0 };
}

/** Less than 0 when the first is the older one. */
export function compareFiles(
  a: Pick<AuditFile, 'day' | 'piece'>,
  b: Pick<AuditFile, 'day' | 'piece'>,
): number {
  if (a.day !== b.day) return a.day < b.day ? -1 : 1;
  return a.piece - b.piece;
}

/**
 * A mark as clients carry it. It counts one's own events and names no byte positions: those would tell how busy
 * everybody else is.
 */
export function markText({ day, piece, ordinal }: Mark): string {
  return Buffer.from(`${day}.${piece}.${ordinal}`).toString('base64url');
}

/** The mark that a client sent back; null when it is none of ours. */
export function parseMark(text: string): Mark | null {
  const [, day, piece, ordinal] = MARK.exec(Buffer.from(text, 'base64url').toString('latin1')) ?? [];
  return day === undefined ? null : { day, piece: Number(piece), ordinal: Number(ordinal) };
}

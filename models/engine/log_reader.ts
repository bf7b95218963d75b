import { isAscii, isUtf8 } from 'node:buffer';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LogFile } from './log_file.js';
import { checkHeader, headerLine, LineError, parseChange, type Change } from './log_format.js';
import { UniqueViolationError } from './storage_engine.js';

const CHUNK = 1 << 20;
const NEWLINE = 10;

/** What a walk through a file's lines tells its caller. */
export interface LineVisitor {
  /**
   * Called for each whole line, numbered from 1, with its text without the newline; null where it is no UTF-8.
   * `length` is that of the line in bytes, with its newline.
   */
  line(text: string | null, number: number, length: number): void;
}

/**
 * Walks all lines that end in a newline, in chunks, so that a long file does not need twice its size in memory.
 * @returns the length of the whole lines in bytes and their number; what follows is a torn line.
 */
export async function readLines(
  file: LogFile,
  visitor: LineVisitor,
): Promise<{ size: number; lines: number }> {
  let size = 0;
  let lines = 0;
  let rest = Buffer.alloc(0);
  const chunk = Buffer.allocUnsafe(CHUNK);
  for (let position = 0; ;) {
    const length = await file.read(chunk, position);
    if (length === 0) break;
    position += length;
    const bytes =
      rest.length > 0 ? Buffer.concat([rest, chunk.subarray(0, length)]) : chunk.subarray(0, length);
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    lines = visitWhole(bytes.subarray(0, end), lines, visitor);
    size += end;
    rest = Buffer.from(bytes.subarray(end));
    await nextTurn();
  }
  return { size, lines };
}

function visitWhole(bytes: Buffer, lines: number, visitor: LineVisitor): number {
  // Most chunks are plain ASCII, which decodes several times faster than UTF-8.
  const isPlain = isAscii(bytes);
  if (!isPlain && !isUtf8(bytes)) return visitBytes(bytes, lines, visitor);
  const text = bytes.toString(isPlain ? 'latin1' : 'utf8');
  for (let start = 0; start < text.length;) {
    const end = text.indexOf('\n', start);
    const line = text.slice(start, end);
    lines += 1;
    visitor.line(line, lines, (isPlain ? line.length : Buffer.byteLength(line)) + 1);
    start = end + 1;
  }
  return lines;
}

/** The slow way, for a chunk that holds a broken character: finds out which lines have it. */
function visitBytes(bytes: Buffer, lines: number, visitor: LineVisitor): number {
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(NEWLINE, start);
    const line = bytes.subarray(start, end);
    lines += 1;
    visitor.line(isUtf8(line) ? line.toString('utf8') : null, lines, line.length + 1);
    start = end + 1;
  }
  return lines;
}

/** What {@link readLog} found: durable length, number of changes, and how many bytes of a torn line follow. */
export interface LogSummary {
  readonly size: number;
  readonly changes: number;
  readonly torn: number;
}

/** A line that is not what this program wrote, with its number. */
export class BadLineError extends LineError {
  readonly line: number;
  readonly reason: string;

  constructor(line: number, reason: string) {
    super(`line ${line} ${reason}`);
    this.line = line;
    this.reason = reason;
  }
}

/**
 * Reads a model's whole file, handing each change to `apply` in order.
 * A file that holds nothing but the beginning of a header (a crash while it was made) is reported with size 0.
 * @throws BadLineError at the first line that is no header or record, or that `apply` refuses.
 */
export async function readLog(
  file: LogFile,
  model: string,
  apply: (change: Change) => void,
): Promise<LogSummary> {
  const length = file.size;
  const { size, lines } = await readLines(file, {
    line(text, number) {
      try {
        if (text === null) throw new LineError('is not valid UTF-8');
        if (number === 1) checkHeader(text, model);
        else apply(parseChange(text));
      } catch (error) {
        throw new BadLineError(number, reasonOf(error));
      }
    },
  });
  if (size === 0 && !(await holdsTornHeader(file, model))) {
    throw new BadLineError(1, 'is not the header of a Gatehouse file');
  }
  return { size, changes: Math.max(lines - 1, 0), torn: length - size };
}

function reasonOf(error: unknown): string {
  if (error instanceof UniqueViolationError) return `has the same ${error.attribute} as an earlier record`;
  if (error instanceof LineError) return error.message;
  throw error;
}

/** True for an empty file, the beginning of a header, or the zeros a file system leaves after a power cut. */
async function holdsTornHeader(file: LogFile, model: string): Promise<boolean> {
  const header = Buffer.from(headerLine(model));
  const bytes = Buffer.alloc(header.length);
  const found = bytes.subarray(0, await file.read(bytes, 0));
  const zeros = found.every((byte) => byte === 0);
  return file.size <= header.length && (zeros || header.subarray(0, found.length).equals(found));
}

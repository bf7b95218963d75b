import { isUtf8 } from 'node:buffer';
import { readFile, realpath } from 'node:fs/promises';
import {
  errorCode,
  LogFile,
  realFileSystem,
  renamePatiently,
  syncFolderOf,
  unlinkQuietly,
} from './log_file.js';
import {
  checkHeader,
  headerLine,
  isTombstone,
  LineError,
  NewerFormatError,
  parseChange,
} from './log_format.js';
import type { Index } from './storage_engine.js';
import { Table } from './table.js';

const NEWLINE = 10;

/** A line that a store refuses, with its number from 1 and what is wrong with it. */
export interface Problem {
  readonly line: number;
  readonly reason: string;
}

/** What a check found in a file: which lines are sound, and which are not. */
export interface LogCheck {
  readonly problems: readonly Problem[];
  /** Live records once the bad lines are set aside. */
  readonly records: number;
  readonly good: readonly Buffer[];
  readonly bad: readonly Buffer[];
}

/** A file that a repair must not touch, because it is not of this program or of a newer one. */
export class NotOursError extends Error {
  override readonly name = 'NotOursError';
}

/**
 * Reads a model's whole file and finds every line that a start would refuse. Changes nothing.
 * @returns null when there is no such file.
 * @throws NotOursError when the header says that the file belongs to a newer version or to another model.
 */
export async function checkLog(
  path: string,
  model: string,
  indexes: readonly Index[],
): Promise<LogCheck | null> {
  const bytes = await readFile(path).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  });
  if (bytes === null) return null;
  const table = new Table(indexes);
  const found = { problems: [] as Problem[], good: [] as Buffer[], bad: [] as Buffer[] };
  let number = 0;
  for (let start = 0; start < bytes.length;) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline === -1 ? bytes.length : newline + 1;
    const line = bytes.subarray(start, end);
    number += 1;
    const { reason, isRecord } = judge(line, number, model, table);
    if (reason !== null) found.problems.push({ line: number, reason });
    if (isRecord) found.good.push(line);
    else if (reason !== null) found.bad.push(line);
    start = end;
  }
  if (number === 0) found.problems.push({ line: 1, reason: 'the file is empty, even of its header' });
  return { ...found, records: table.size };
}

/** What a line is worth: why a start would refuse it, if it would, and whether it is a record to keep. */
interface Judgement {
  readonly reason: string | null;
  readonly isRecord: boolean;
}

/** Judges a line; a sound record is put into the table, to see what comes after it. */
function judge(line: Buffer, number: number, model: string, table: Table): Judgement {
  if (number === 1) assertOurs(line, model);
  if (line.at(-1) !== NEWLINE) return { reason: 'is torn: it has no end', isRecord: false };
  if (!isUtf8(line)) return { reason: 'is not valid UTF-8', isRecord: false };
  const text = line.toString('utf8').slice(0, -1);
  const asHeader = number === 1 ? refusal(() => checkHeader(text, model)) : null;
  if (number === 1 && asHeader === null) return { reason: null, isRecord: false };
  const asRecord = refusal(() => takeIn(text, table));
  // A record in the header's place is worth keeping: only the header has got lost.
  if (number === 1 && asRecord === null)
    return { reason: 'is a record where the header should be', isRecord: true };
  return { reason: (asHeader ?? asRecord)?.message ?? null, isRecord: asRecord === null };
}

/** Refuses a file whose first line, whole or not, is the header of a newer version or of another model. */
function assertOurs(line: Buffer, model: string): void {
  const text = line
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimEnd();
  const asHeader = refusal(() => checkHeader(text, model));
  if (asHeader !== null && (asHeader instanceof NewerFormatError || namesOther(text, model))) {
    throw new NotOursError(`${model}.jsonl ${asHeader.message}`);
  }
}

function refusal(check: () => void): LineError | null {
  try {
    check();
    return null;
  } catch (error) {
    if (error instanceof LineError) return error;
    throw error;
  }
}

function takeIn(text: string, table: Table): void {
  const change = parseChange(text);
  if (isTombstone(change)) {
    table.delete(change.id);
    return;
  }
  for (const key of table.uniqueKeys(change)) {
    const holder = table.holderOf(key);
    if (holder !== null && holder !== change.id)
      throw new LineError(`has the same ${key.attribute} as an earlier record`);
  }
  table.set(change);
}

function namesOther(text: string, model: string): boolean {
  const header = parseOrNull(text) as { format?: unknown; model?: unknown } | null;
  return header?.format === 'gatehouse' && header.model !== model;
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * Sets the bad lines aside in a file of their own and leaves a file of the good ones, durably and in this order: a
 * crash in between leaves the original in place.
 * @returns the name of the file that holds the bad lines, or null when there was none to set aside.
 */
export async function repairLog(link: string, model: string, check: LogCheck): Promise<string | null> {
  const fs = realFileSystem;
  // The file itself, should the folder hold only a link to it.
  const path = await realpath(link);
  const owner = await fs.stat(path);
  const rejected = check.bad.length > 0 ? `${path}.rejected-${fileStamp()}` : null;
  if (rejected !== null) await writeWhole(rejected, check.bad, owner);
  await syncFolderOf(path, fs);
  const temporary = `${path}.repair`;
  await unlinkQuietly(temporary, fs);
  await writeWhole(temporary, [Buffer.from(headerLine(model)), ...check.good], owner);
  await renamePatiently(temporary, path, fs);
  await syncFolderOf(path, fs);
  return rejected;
}

/** The time in a form that every file system takes. */
function fileStamp(): string {
  return new Date().toISOString().replaceAll(/[:.]/g, '-');
}

/** Who owns a file: a repair by root must leave it to the server's own user. */
interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Writes a whole new file, durably, or leaves none. */
async function writeWhole(path: string, lines: readonly Buffer[], owner: Owner): Promise<void> {
  const file = await LogFile.create(path, realFileSystem);
  try {
    await file.giveTo(owner);
    await file.appendLater(Buffer.concat(lines));
    await file.sync();
  } catch (error) {
    await unlinkQuietly(path, realFileSystem);
    throw error;
  } finally {
    await file.close();
  }
}

import type { JsonValue, StoredRecord } from './storage_engine.js';

/** The version of the file format written here; a file of a later one is refused. See docs/storage.md. */
export const FORMAT_VERSION = 1;

/** A line saying that the record with this id is gone. */
export interface Tombstone {
  readonly id: string;
  readonly deleted: true;
}

/** What one line after the header says: the record as it then was, or that it is gone. */
export type Change = StoredRecord | Tombstone;

/** Says what is wrong with a line; whoever knows the file and the line number adds them. */
export class LineError extends Error {
  override readonly name = 'LineError';
}

/** The header of a file that a newer program wrote: nothing in it may be touched. */
export class NewerFormatError extends LineError {}

export function headerLine(model: string): string {
  return `${JSON.stringify({ format: 'gatehouse', version: FORMAT_VERSION, model })}\n`;
}

export function changeLine(change: Change): string {
  return `${JSON.stringify(change)}\n`;
}

/** @throws LineError when the text is not the header of this model's file. */
export function checkHeader(text: string, model: string): void {
  const header = parseObject(text);
  if (header['format'] !== 'gatehouse') throw new LineError('is not the header of a Gatehouse file');
  if (typeof header['version'] !== 'number') throw new LineError('names no format version');
  if (header['version'] > FORMAT_VERSION) {
    throw new NewerFormatError(`was written by a newer Gatehouse (format ${header['version']})`);
  }
  if (header['model'] !== model)
    throw new LineError(`belongs to the model ${JSON.stringify(header['model'])}, not ${model}`);
}

/** @throws LineError when the text is not a record. */
export function parseChange(text: string): Change {
  const record = parseObject(text);
  const id = record['id'];
  if (typeof id !== 'string' || id === '') throw new LineError('is JSON but no record: it has no text id');
  return record as unknown as Change;
}

export function isTombstone(change: Change): change is Tombstone {
  return change['deleted'] === true;
}

function parseObject(text: string): Record<string, JsonValue> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new LineError('is not valid JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new LineError('is JSON but no record: it is no object');
  }
  return value as Record<string, JsonValue>;
}

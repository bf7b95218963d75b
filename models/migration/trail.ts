import { hash } from 'node:crypto';
import { dayOf, parseEvent, type AuditLine } from '../audit/audit_line.js';
import type { TrailLine } from '../audit/trail_lines.js';
import type { StoredRecord } from '../engine/storage_engine.js';
import type { Model } from './place.js';

/** The audit trail, which moves as if its lines were records. */
export const TRAIL: Model = { name: 'AuditTrail', indexes: [] };

/** How far apart lines of one millisecond are in a table, so that a cursor does not tell how many there were. */
const STEP = 1 << 20;

/** Makes records of lines that come in the order of their times: the id is the time, and the how-manieth of it. */
export class TrailRecords {
  #at = -1;
  #nth = 0;

  of({ at, text }: TrailLine): StoredRecord {
    this.#nth = at === this.#at ? this.#nth + 1 : 0;
    this.#at = at;
    return { id: `${at}.${this.#nth}`, line: text };
  }
}

/** The line that a record was made of, ready to be written. */
export function lineOf(record: StoredRecord): AuditLine {
  const at = Number(record.id.split('.')[0]);
  const text = textOf(record);
  return { at, day: dayOf(at), user: parseEvent(text)?.user ?? null, text: `${text}\n` };
}

/** What tells it from the others of its millisecond in a table: the same whenever it is written, and in their order. */
export function tieOf(record: StoredRecord): number {
  const chance = Number.parseInt(hash('sha256', textOf(record)).slice(0, 5), 16);
  return (Number(record.id.split('.')[1]) + 1) * STEP + chance;
}

function textOf({ line }: StoredRecord): string {
  return typeof line === 'string' ? line : '';
}

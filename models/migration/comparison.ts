import { createHash } from 'node:crypto';
import type { StoredRecord } from '../engine/storage_engine.js';
import { Cursor } from './cursor.js';
import type { Model, Place } from './place.js';

/** How far the records of a model are the same in two places, and in the same order. */
export interface Comparison {
  /** How many are, from the first on. */
  readonly same: number;
  /** SHA-256 of those as JSON lines, in hexadecimal. */
  readonly digest: string;
  /** The first that are not; null where there are no more. Both null: all are the same. */
  readonly source: StoredRecord | null;
  readonly target: StoredRecord | null;
  /** Where the walk through both stands. */
  readonly cursors: { readonly source: Cursor; readonly target: Cursor };
}

/**
 * Walks through a model's records in both places until they differ. What is over counts nowhere.
 * @param step told about each slice or so of equal ones.
 */
export async function compare(
  model: Model,
  places: { readonly source: Place; readonly target: Place },
  step: (same: number) => void = () => {},
): Promise<Comparison> {
  const source = new Cursor(model, places.source.read(model));
  const target = new Cursor(model, places.target.read(model));
  const digest = createHash('sha256');
  for (let same = 0; ;) {
    const [one, other] = [await source.current(), await target.current()];
    const text = one && textOf(one);
    if (text !== null && other && text === textOf(other)) {
      digest.update(`${text}\n`);
      source.advance();
      target.advance();
      same += 1;
      step(same);
      continue;
    }
    // It ran out while we looked at it, or is about to.
    if (other && ((await source.skipIfEnding()) || (await target.skipIfEnding()))) continue;
    return { same, digest: digest.digest('hex'), source: one, target: other, cursors: { source, target } };
  }
}

/** A record as text, equal only for what is the same in every attribute. */
export function textOf(record: StoredRecord): string {
  return JSON.stringify(record);
}

import type { StoredRecord } from '../engine/storage_engine.js';
import { compare, textOf } from './comparison.js';
import { SLICE, type Model, type Place, type Writer } from './place.js';

/** A model whose records are to be in another place. */
export interface Move {
  readonly model: Model;
  readonly source: Place;
  readonly target: Place;
}

/** What came of copying. */
export interface Copied {
  /** Records that were written now. */
  readonly copied: number;
  /** Records that an earlier run had written. */
  readonly found: number;
  /** Records of the source that were over, and stayed behind. */
  readonly over: number;
}

/** What both places were found to hold. */
export interface Verified {
  readonly records: number;
  /** See Comparison. */
  readonly digest: string;
}

/** The target holds what is no beginning of this migration. Nothing was changed. */
export class TargetTakenError extends Error {
  override readonly name = 'TargetTakenError';
}

/** The target does not hold what the source does. */
export class NotTheSameError extends Error {
  override readonly name = 'NotTheSameError';
}

/** Told how many records were dealt with, again and again. */
export type Step = (records: number) => void;

/**
 * Makes sure that the target is empty, or holds the beginning of this migration: the same records in the same order
 * from the first on, as copying leaves them wherever it is interrupted. Changes nothing.
 * @throws TargetTakenError.
 */
export async function checkTarget(move: Move): Promise<void> {
  await beginningOf(move);
}

/**
 * Copies what is not yet in the target, in the order of creation, so that an interruption leaves a beginning that the
 * next call goes on from.
 * @throws TargetTakenError; UniqueViolationError when somebody else writes to the target.
 */
export async function copy(move: Move, step: Step = () => {}): Promise<Copied> {
  const { same, tail, source } = await beginningOf(move);
  let copied = 0;
  step(same);
  await move.target.write(move.model, async (writer) => {
    await Promise.all(tail.map((id) => writer.delete(id)));
    for await (const records of source.rest()) {
      await putAll(writer, records);
      copied += records.length;
      step(same + copied + source.over);
    }
  });
  return { copied, found: same, over: source.over };
}

/**
 * Reads both places again and compares every record, in the order of creation.
 * @throws NotTheSameError.
 */
export async function verify({ model, ...places }: Move, step?: Step): Promise<Verified> {
  const { same, digest, target, cursors } = await compare(model, places, step);
  if (target === null) while (await cursors.source.skipIfEnding());
  const source = await cursors.source.current();
  if (source === null && target === null) return { records: same, digest };
  const which =
    source && target && source.id === target.id
      ? `${model.name} ${source.id} is not the same in both`
      : source
        ? `${model.name} ${source.id} is not where it should be in the target`
        : `${model.name} ${target?.id ?? ''} is in the target only`;
  throw new NotTheSameError(
    `source and target do not hold the same, after ${same} records that do: ${which}. Either somebody still writes ` +
      'to one of them (stop all servers on both), or the copy was changed. Then empty the target ' +
      `(${places.target.howToEmpty(model)}) and begin again`,
  );
}

/**
 * How much of the source the target holds already. What a store that takes writes side by side held beyond it when
 * it was interrupted is named to be written anew, in its order.
 */
async function beginningOf(move: Move) {
  const { same, cursors, target } = await compare(move.model, move);
  const tail = new Map<string, string>();
  if (target) {
    for await (const records of cursors.target.rest()) {
      for (const record of records) tail.set(record.id, textOf(record));
      if (tail.size > SLICE) throw taken(move, target);
    }
    await checkTail(move, new Map(tail));
  }
  return { same, tail: [...tail.keys()], source: cursors.source };
}

/** @throws TargetTakenError unless every one of these records is the same in the source. */
async function checkTail(move: Move, tail: Map<string, string>): Promise<void> {
  let [first] = tail.keys();
  for await (const records of move.source.read(move.model)) {
    for (const record of records) if (tail.get(record.id) === textOf(record)) tail.delete(record.id);
    [first] = tail.keys();
    if (first === undefined) return;
  }
  if (first !== undefined) throw taken(move, { id: first });
}

function taken({ model, target }: Move, { id }: Pick<StoredRecord, 'id'>): TargetTakenError {
  return new TargetTakenError(
    `the target holds other data: ${model.name} ${id} is not in the source, or not in this place or form. Nothing was ` +
      `changed. If it is the beginning of a migration whose source has changed since, or data that nobody needs: ` +
      target.howToEmpty(model),
  );
}

/** Stores new records in their order. */
async function putAll(writer: Writer, records: readonly StoredRecord[]): Promise<void> {
  if (writer.putAll) await writer.putAll(records);
  else await Promise.all(records.map((record) => writer.put(record)));
}

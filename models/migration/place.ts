import type { Base, ModelClass } from '../base.js';
import type { StorageEngine, StoredRecord } from '../engine/storage_engine.js';

/** What is known of a sort of records. */
export type Model = Pick<ModelClass<Base>, 'name' | 'indexes'>;

/** What takes records in. */
export type Writer = Pick<StorageEngine, 'put' | 'putAll' | 'delete'>;

/** Records are read and written so many at a time. */
export const SLICE = 500;

/** Where the records of some models are, to be read; and, once they are to be changed, to be written. */
export interface Place {
  /** Where it is, for people; never with a password. */
  readonly label: string;
  /** Equal for two places only when they are one. */
  readonly identity: string;

  /** Whether there is a store of ours, even an empty one. */
  isThere(): Promise<boolean>;

  /** Everything that is kept now of a model, in the order of creation; every call asks anew. It changes nothing. */
  read(model: Model): AsyncIterable<readonly StoredRecord[]>;

  /** About how many records there are; null where that is not known before they are read. */
  count(model: Model): Promise<number | null>;

  /** Makes the place ready and has the work done with what takes a model's records; they are durable afterwards. */
  write(model: Model, work: (writer: Writer) => Promise<void>): Promise<void>;

  /** A short text of all processes on the store; null: none. */
  note(name: string): Promise<string | null>;
  /** Leaves such a text where there is none; does nothing where no texts are kept. */
  leaveNote(name: string, text: string): Promise<void>;

  /** How to do away with the records that are there, for people. */
  howToEmpty(model: Model): string;

  close(): Promise<void>;
}

export interface PlaceOptions {
  /** True: only read from. */
  readonly isSource: boolean;
  /** Told about anything an operator should know. */
  readonly warn: (message: string) => void;
}

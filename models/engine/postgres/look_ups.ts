import { setImmediate as nextTurn } from 'node:timers/promises';
import { Deadline } from './deadline.js';

/** Several questions, and the one query that answers them all. */
interface Batch<T> {
  readonly keys: Set<string>;
  readonly answers: Promise<ReadonlyMap<string, T>>;
}

/**
 * Look-ups of one kind that are asked for at the same time share one query, so that many requests at once cost few
 * round trips. Nothing is kept: an answer is only for those who asked before its query was sent.
 */
export class LookUps<T> {
  readonly #query: (keys: readonly string[], deadline: Deadline) => Promise<ReadonlyMap<string, T>>;
  readonly #none: T;
  #next: Batch<T> | null = null;

  /**
   * @param query asks for many keys at once; what it leaves out gets `none`.
   */
  constructor(
    query: (keys: readonly string[], deadline: Deadline) => Promise<ReadonlyMap<string, T>>,
    none: T,
  ) {
    this.#query = query;
    this.#none = none;
  }

  async ask(key: string): Promise<T> {
    const batch = (this.#next ??= this.#newBatch());
    batch.keys.add(key);
    return (await batch.answers).get(key) ?? this.#none;
  }

  #newBatch(): Batch<T> {
    const keys = new Set<string>();
    const deadline = new Deadline();
    // Once everything that has arrived by now was looked at.
    const answers = nextTurn().then(async () => {
      this.#next = null;
      return this.#query([...keys], deadline);
    });
    return { keys, answers };
  }
}

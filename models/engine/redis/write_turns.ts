const NOTHING: ReadonlySet<string> = new Set();

/**
 * Lets the writes of one process to one record follow each other in the order of the calls. Writes to different
 * records go on at the same time; between processes, comparing and setting decides.
 */
export class WriteTurns {
  readonly #lastOf = new Map<string, Promise<unknown>>();
  readonly #running = new Map<number, Promise<unknown>>();
  readonly #removals = new Map<string, number>();
  #count = 0;

  /** Does the work when all earlier writes to the record are done. It may wait for all earlier ones to any record. */
  async take<T>(id: string, work: (earlier: () => Promise<void>) => Promise<T>): Promise<T> {
    const turn = (this.#count += 1);
    const before = this.#lastOf.get(id);
    const result = before
      ? before.then(() => work(() => this.#earlierThan(turn)))
      : work(() => this.#earlierThan(turn));
    const done = Promise.allSettled([result]);
    this.#lastOf.set(id, done);
    this.#running.set(turn, done);
    try {
      return await result;
    } finally {
      this.#running.delete(turn);
      if (this.#lastOf.get(id) === done) this.#lastOf.delete(id);
    }
  }

  /** Hides the record while it is being removed. */
  async hide<T>(id: string, removal: () => Promise<T>): Promise<T> {
    this.#removals.set(id, (this.#removals.get(id) ?? 0) + 1);
    try {
      return await removal();
    } finally {
      const left = (this.#removals.get(id) ?? 1) - 1;
      if (left === 0) this.#removals.delete(id);
      else this.#removals.set(id, left);
    }
  }

  /** The ids of all records that are being removed. */
  hidden(): ReadonlySet<string> {
    return this.#removals.size === 0 ? NOTHING : new Set(this.#removals.keys());
  }

  hides(id: string): boolean {
    return this.#removals.has(id);
  }

  async allSettled(): Promise<void> {
    await this.#earlierThan(Infinity);
  }

  async #earlierThan(turn: number): Promise<void> {
    await Promise.all([...this.#running].filter(([other]) => other < turn).map(([, done]) => done));
  }
}

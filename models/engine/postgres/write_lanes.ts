/**
 * Has writes of one process that concern the same thing happen in the order in which they were asked for, and lets all
 * others run side by side.
 */
export class WriteLanes {
  /** The last write in each lane. */
  readonly #last = new Map<string, Promise<unknown>>();
  /** Everything under way by its number; numbers grow, and a Map keeps their order. */
  readonly #pending = new Map<number, Promise<unknown>>();
  #number = 0;

  /**
   * Does the work once everything asked for before in one of its lanes has settled.
   * @param work is given what waits for all earlier writes, in whatever lane.
   */
  async run<T>(lanes: readonly string[], work: (earlier: () => Promise<void>) => Promise<T>): Promise<T> {
    const before = lanes.map((lane) => this.#last.get(lane)).filter((last) => last !== undefined);
    const number = (this.#number += 1);
    const earlier = async (): Promise<void> => {
      await Promise.all(this.#before(number));
    };
    const result = before.length === 0 ? work(earlier) : Promise.all(before).then(() => work(earlier));
    const settled = Promise.allSettled([result]);
    this.#pending.set(number, settled);
    for (const lane of lanes) this.#last.set(lane, settled);
    try {
      return await result;
    } finally {
      this.#pending.delete(number);
      for (const lane of lanes) if (this.#last.get(lane) === settled) this.#last.delete(lane);
    }
  }

  /** Resolves once everything asked for so far has settled. */
  async settled(): Promise<void> {
    await Promise.all(this.#pending.values());
  }

  *#before(number: number): Iterable<Promise<unknown>> {
    for (const [other, settled] of this.#pending) {
      if (other >= number) return;
      yield settled;
    }
  }
}

/** How long an operation may take in milliseconds, so that its caller has an answer within two seconds. */
export const PATIENCE = 1800;

/** The moment at which an operation gives up. */
export class Deadline {
  readonly #at: number;

  constructor(milliseconds = PATIENCE) {
    this.#at = performance.now() + milliseconds;
  }

  /** Milliseconds until then; 0 when it has passed. */
  get left(): number {
    return Math.max(0, this.#at - performance.now());
  }

  /** The promise's outcome, or `late` when there is none in time. What comes of it afterwards is nobody's concern. */
  async race<T, L>(promise: PromiseLike<T>, late: L): Promise<T | L> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<L>((resolve) => {
      timer = setTimeout(resolve, this.left, late);
    });
    promise.then(undefined, () => {});
    try {
      return await Promise.race([promise, timeout]);
    } finally {
      clearTimeout(timer);
    }
  }
}

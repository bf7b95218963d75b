/** Milliseconds in which all stores must have answered. */
const PATIENCE = 2000;
/** Milliseconds for which an answer is given again: however often somebody asks, the stores are asked a few times a second. */
const FRESH = 200;

export interface ReadinessOptions {
  /** Asks all stores; rejects when one does not answer. */
  readonly check: () => Promise<void>;
  /** Milliseconds of a clock that is never set. */
  readonly now?: () => number;
}

/** Whether the server can do its work: all stores answer, and no stop has begun. One check is for all who ask meanwhile. */
export class Readiness {
  readonly #check: () => Promise<void>;
  readonly #now: () => number;
  #answer: Promise<boolean> | null = null;
  #answeredAt = -Infinity;
  #isStopping = false;

  constructor({ check, now = () => performance.now() }: ReadinessOptions) {
    this.#check = check;
    this.#now = now;
  }

  /** To be called as soon as a stop begins: from then on the server is not ready. */
  stop(): void {
    this.#isStopping = true;
  }

  /** Resolves within two seconds; never rejects. */
  async isReady(): Promise<boolean> {
    if (this.#isStopping) return false;
    if (this.#now() - this.#answeredAt >= FRESH) this.#answer = null;
    this.#answer ??= this.#ask();
    // Asked again: a stop may have begun meanwhile.
    return (await this.#answer) && !this.#isStopping;
  }

  async #ask(): Promise<boolean> {
    // Until there is an answer, it is the one to wait for.
    this.#answeredAt = Infinity;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(resolve, PATIENCE, false);
    });
    const answer = this.#check().then(
      () => true,
      () => false,
    );
    const isReady = await Promise.race([answer, late]);
    clearTimeout(timer);
    this.#answeredAt = this.#now();
    return isReady;
  }
}

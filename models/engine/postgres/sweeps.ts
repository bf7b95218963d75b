import type { PostgresEngine } from './postgres_engine.js';

/** Milliseconds between two sweeps of a process. Nothing depends on them but the size of the tables. */
const EVERY = 60_000;

/** Removes what is over now and then. Every process does, and none waits for another. */
export class Sweeps {
  readonly #engines: readonly PostgresEngine[];
  readonly #timer: NodeJS.Timeout;
  #isStopped = false;
  #sweep: Promise<void> | null = null;

  constructor(engines: readonly PostgresEngine[]) {
    this.#engines = engines;
    // Processes that were started together do not sweep together.
    this.#timer = setInterval(() => void this.run(), EVERY * (0.8 + Math.random() * 0.4));
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#timer);
    await this.#sweep;
  }

  /** Sweeps once, or waits for the sweep that is under way. */
  async run(): Promise<void> {
    this.#sweep ??= this.#sweepAll().finally(() => (this.#sweep = null));
    await this.#sweep;
  }

  async #sweepAll(): Promise<void> {
    for (const engine of this.#engines) {
      // A store that is away is swept later.
      while (!this.#isStopped && (await engine.sweep().catch(() => false)));
    }
  }
}

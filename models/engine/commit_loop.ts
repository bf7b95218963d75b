import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Batch } from './write_queue.js';

/** What waits to be written, handed out a batch at a time. */
export interface BatchSource<B> {
  readonly isEmpty: boolean;
  take(): B;
}

/**
 * The one place from which a file is written: a batch at a time, everything that was accepted meanwhile goes into
 * the next, and between two batches whatever needs the file to stand still.
 */
export class CommitLoop<B = Batch> {
  readonly #queue: BatchSource<B>;
  readonly #commit: (batch: B) => Promise<void>;
  readonly #jobs: (() => Promise<void>)[] = [];
  #running: Promise<void> | null = null;

  /** @param commit brings a batch to the disk; it answers the batch's callers itself and never throws. */
  constructor(queue: BatchSource<B>, commit: (batch: B) => Promise<void>) {
    this.#queue = queue;
    this.#commit = commit;
  }

  /** To be called after something was added to the queue. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Runs a job between two batches. */
  async standStill(job: () => Promise<void>): Promise<void> {
    const done = new Promise<void>((resolve, reject) => {
      this.#jobs.push(() => job().then(resolve, reject));
    });
    this.start();
    await done;
  }

  /** Resolves once nothing waits and nothing is under way. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #run(): Promise<void> {
    try {
      do {
        // Whoever is ready now, or was answered by the batch before and writes again, shares this batch: without the
        // turn, writers fall into two groups that wait for each other's syncs.
        await nextTurn();
        const job = this.#jobs.shift();
        if (job) await job();
        else await this.#commit(this.#queue.take());
      } while (!this.#queue.isEmpty || this.#jobs.length > 0);
    } finally {
      // In the same turn as the last look at the queue: what is added a moment later must find no loop running.
      this.#running = null;
    }
  }
}

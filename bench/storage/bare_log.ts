import type { FileHandle } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** What a person would write in ten minutes: one file, one sync in flight, everything that arrives meanwhile joins the next. */
export class BareLog {
  #waiting: { line: string; done: () => void }[] = [];
  #running = false;
  readonly #handle: FileHandle;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  append(line: string): Promise<void> {
    return new Promise((done) => {
      this.#waiting.push({ line, done });
      if (!this.#running) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#waiting.length > 0) {
      // Whoever was answered a moment ago and writes again joins: writers do not fall into two groups.
      await nextTurn();
      const batch = this.#waiting;
      this.#waiting = [];
      await this.#handle.write(batch.map(({ line }) => line).join(''));
      await this.#handle.datasync();
      for (const { done } of batch) done();
    }
    this.#running = false;
  }
}

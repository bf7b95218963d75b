import { CommitLoop } from '../engine/commit_loop.js';
import type { AuditLine } from './audit_line.js';
import { LineQueue, type LineBatch } from './line_queue.js';
import { gapLine, Losses } from './losses.js';

export interface AppenderOptions {
  /** Makes lines durable that are in `batch`, after a line that tells of a gap where there is one. */
  readonly write: (lines: readonly AuditLine[], batch: LineBatch) => Promise<void>;
  readonly warn: (message: string) => void;
}

/**
 * Writes lines in order, a batch at a time: those that arrive while one is being written share the next (group
 * commit). Lines whose write fails are lost; that is counted, said in the log, and said in the trail once it goes on.
 */
export class Appender {
  readonly #write: AppenderOptions['write'];
  readonly #losses: Losses;
  readonly #queue = new LineQueue();
  readonly #loop = new CommitLoop<LineBatch>(this.#queue, (batch) => this.#commit(batch));
  #isClosed = false;

  constructor({ write, warn }: AppenderOptions) {
    this.#write = write;
    this.#losses = new Losses(warn);
  }

  get lost(): number {
    return this.#losses.total;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Resolves to true once the line is durable, to false if it is lost. */
  async append(line: AuditLine): Promise<boolean> {
    if (this.#isClosed || this.#queue.isFull) {
      this.#losses.add(1, this.#isClosed ? 'the trail is closed' : 'too many events wait to be written');
      return false;
    }
    const { done } = this.#queue.add(line);
    this.#loop.start();
    return done;
  }

  /** Runs a job between two batches. */
  async standStill(job: () => Promise<void>): Promise<void> {
    await this.#loop.standStill(job);
  }

  /** Resolves once what waits is written; lines that come later are lost. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#loop.idle();
  }

  async #commit(batch: LineBatch): Promise<void> {
    const missing = this.#losses.pending;
    const [first] = batch.lines;
    const lines = missing > 0 && first ? [gapLine(missing, first), ...batch.lines] : batch.lines;
    try {
      await this.#write(lines, batch);
    } catch (error) {
      this.#losses.add(batch.lines.length, error);
      batch.settle(false);
      return;
    }
    if (missing > 0) this.#losses.closeGap(missing);
    batch.settle(true);
  }
}

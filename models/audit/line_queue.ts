import type { BatchSource } from '../engine/commit_loop.js';
import type { AuditLine } from './audit_line.js';

/** Bytes in a batch, so that a file never outgrows its share by much, and lines that may wait in memory. */
const LONGEST_BATCH = 1 << 16;
const MOST_WAITING = 10_000;

/** Lines of one day that are written together. */
export class LineBatch {
  readonly day: string;
  /** When the first of them came, by performance.now(). */
  readonly since = performance.now();
  readonly lines: AuditLine[] = [];
  bytes = 0;
  /** Resolves to whether the lines are durable. */
  readonly done: Promise<boolean>;
  settle!: (written: boolean) => void;

  constructor(day: string) {
    this.day = day;
    this.done = new Promise((resolve) => {
      this.settle = resolve;
    });
  }
}

/** What waits to be written, in order. */
export class LineQueue implements BatchSource<LineBatch> {
  readonly #batches: LineBatch[] = [];
  #waiting = 0;

  get isEmpty(): boolean {
    return this.#batches.length === 0;
  }

  /** True when a store that hangs has made too many lines wait: memory is bounded as well. */
  get isFull(): boolean {
    return this.#waiting >= MOST_WAITING;
  }

  /** Accepts a line: the batch it will be written with. */
  add(line: AuditLine): LineBatch {
    let batch = this.#batches.at(-1);
    if (!batch || batch.day !== line.day || batch.bytes + line.text.length > LONGEST_BATCH) {
      batch = new LineBatch(line.day);
      this.#batches.push(batch);
    }
    batch.lines.push(line);
    batch.bytes += line.text.length;
    this.#waiting += 1;
    return batch;
  }

  /** Takes the oldest batch; there must be one. */
  take(): LineBatch {
    const batch = this.#batches.shift();
    if (!batch) throw new Error('nothing waits to be written');
    this.#waiting -= batch.lines.length;
    return batch;
  }
}

import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CommitLoop } from './commit_loop.js';
import { compact } from './compaction.js';
import { errorCode, realFileSystem, type FileSystem, type LogFile } from './log_file.js';
import { changeLine } from './log_format.js';
import { openLog } from './open_log.js';
import { copyOf } from './record_copy.js';
import {
  StorageUnavailableError,
  type Changes,
  type Index,
  type StorageEngine,
  type StoredRecord,
} from './storage_engine.js';
import { assertRecord, firstOf, hasValues, slicesOf, Table } from './table.js';
import { TextPool } from './text_pool.js';
import { WriteQueue, type Batch } from './write_queue.js';

export interface FileEngineOptions {
  /** The storage folder; whoever opens engines in it holds its lock. */
  readonly folder: string;
  /** The model's name: the file is `<model>.jsonl`. */
  readonly model: string;
  readonly indexes: readonly Index[];
  /** Told about anything an operator should know: a torn line cut off, a failed compaction, a recovery. */
  readonly warn?: (message: string) => void;
  readonly fs?: FileSystem;
  /** Dead lines below this number are not worth a compaction. */
  readonly compactAt?: number;
}

/** Errors that leave no doubt about what is on the disk: nothing of the write counts once it is cut off again. */
const CLEAN_FAILURES = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EROFS']);
const COMPACT_AT = 1000;
const RECOVERY_DELAY = { first: 50, most: 5000 };

/**
 * Keeps a model's records in one append-only file of JSON lines, with all live records in memory.
 *
 * Writers that arrive while a sync runs share the next one (group commit). See docs/storage.md for the format and
 * for what happens when a write, a sync or the machine fails.
 */
export class FileEngine implements StorageEngine {
  readonly #options: Required<FileEngineOptions>;
  readonly #path: string;
  readonly #queue = new WriteQueue();
  readonly #texts = new TextPool();
  readonly #loop = new CommitLoop(this.#queue, (batch) => this.#commit(batch));
  #log: LogFile;
  #table: Table;
  #changes: number;
  #compactAt: number;
  #state: 'open' | 'recovering' | 'closing' = 'open';
  #failure: StorageUnavailableError | null = null;
  #compaction: Promise<void> | null = null;
  #recovery: Promise<void> | null = null;
  #closing: Promise<void> | null = null;
  #lastObstacle = '';
  readonly #stopRecovery = new AbortController();

  private constructor(options: Required<FileEngineOptions>, opened: Awaited<ReturnType<typeof openLog>>) {
    this.#options = options;
    this.#path = join(options.folder, `${options.model}.jsonl`);
    this.#compactAt = options.compactAt;
    this.#log = opened.log;
    this.#table = opened.table;
    this.#changes = opened.changes;
    this.#compactWhenWorthIt();
  }

  /**
   * Opens the model's file, making it when there is none.
   * @throws StorageCorruptError when a line is not what this program wrote; nothing is changed then.
   */
  static async open(options: FileEngineOptions): Promise<FileEngine> {
    const warn = (message: string): void => {
      try {
        options.warn?.(message);
      } catch {
        // A log that fails must not take with it those who wait for an answer.
      }
    };
    const complete = { fs: realFileSystem, compactAt: COMPACT_AT, ...options, warn };
    return new FileEngine(complete, await openLog(complete));
  }

  async get(id: string): Promise<StoredRecord | null> {
    this.#assertSound();
    return this.#queue.hides(id) ? null : (this.#table.get(id) ?? null);
  }

  async find(attribute: string, value: string): Promise<readonly StoredRecord[]> {
    this.#assertSound();
    return this.#visible(this.#table.find(attribute, value));
  }

  async put(record: StoredRecord): Promise<void> {
    assertRecord(record);
    await this.#write(record.id, Object.freeze(this.#texts.share(copyOf(record))));
  }

  async insert(record: StoredRecord): Promise<boolean> {
    this.#assertSound();
    if (this.#queue.newest(record.id, this.#table)) {
      // "There is one" must be as durable an answer as "stored": it may be on its way still.
      await this.#queue.settled(record.id);
      return false;
    }
    await this.put(record);
    return true;
  }

  async update(id: string, changes: Changes, expected: Changes = {}): Promise<StoredRecord | null> {
    this.#assertSound();
    const record = this.#queue.newest(id, this.#table);
    if (!record) await this.#queue.settled(id);
    if (!record || !hasValues(record, expected)) return null;
    const next = Object.freeze(copyOf(record, changes));
    await this.#write(id, next);
    return next;
  }

  async delete(id: string): Promise<boolean> {
    this.#assertSound();
    if (!this.#queue.newest(id, this.#table)) {
      // "Not there" must be as durable an answer as "removed": a removal of it may still be under way.
      await this.#queue.settled(id);
      return false;
    }
    await this.#write(id, null);
    return true;
  }

  async all(): Promise<readonly StoredRecord[]> {
    this.#assertSound();
    return this.#visible([...this.#table.snapshot()]);
  }

  async *slices(size: number): AsyncGenerator<readonly StoredRecord[]> {
    this.#assertSound();
    for await (const slice of slicesOf(this.#table.snapshot(), size)) yield this.#visible(slice);
  }

  async page(size: number, after?: string): Promise<readonly StoredRecord[] | null> {
    this.#assertSound();
    const records = this.#table.recordsAfter(after);
    return records && firstOf(records, size, ({ id }) => !this.#queue.hides(id));
  }

  async count(): Promise<number> {
    this.#assertSound();
    return this.#table.size - this.#queue.countHidden(this.#table);
  }

  async flush(): Promise<void> {
    await this.#queue.allSettled();
  }

  async close(): Promise<void> {
    await (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    this.#state = 'closing';
    this.#stopRecovery.abort();
    await this.#recovery;
    await this.#compaction;
    await this.#loop.idle();
    if (this.#failure) await this.#cutBack();
    await this.#log.close();
  }

  #assertSound(): void {
    if (this.#failure) throw this.#failure;
    if (this.#state !== 'open') throw new StorageUnavailableError('it is closed');
  }

  #visible(records: readonly StoredRecord[]): readonly StoredRecord[] {
    return this.#queue.isIdle ? records : records.filter(({ id }) => !this.#queue.hides(id));
  }

  /** Accepts a write; the batch's promise is the answer, so that a write does not make one more of its own. */
  #write(id: string, record: StoredRecord | null): Promise<void> {
    this.#assertSound();
    const line = changeLine(record ?? { id, deleted: true });
    const { done } = this.#queue.add(id, record, line, this.#table);
    this.#loop.start();
    return done;
  }

  async #commit(batch: Batch): Promise<void> {
    if (this.#failure) {
      batch.reject(this.#failure);
      this.#queue.failAll(this.#failure);
      return;
    }
    try {
      await this.#log.append(batch.lines.join(''));
    } catch (error) {
      await this.#undo(error, batch);
      return;
    }
    this.#queue.apply(batch, this.#table);
    this.#changes += batch.writes.length;
    batch.resolve();
    this.#compactWhenWorthIt();
  }

  /** A batch failed. Everything queued behind it was built on it, so it fails as well. */
  async #undo(error: unknown, batch: Batch): Promise<void> {
    const failure = new StorageUnavailableError(error);
    // Always tried: what was answered with "unavailable" must not be there after a restart.
    const isCut = await this.#cutBack();
    if (!isCut || !CLEAN_FAILURES.has(errorCode(error))) this.#distrust(failure);
    batch.reject(failure);
    this.#queue.failAll(failure);
    this.#options.warn(`${this.#path}: a write failed: ${failure.message}`);
  }

  async #cutBack(): Promise<boolean> {
    try {
      await this.#log.truncate(this.#log.size);
      return true;
    } catch {
      return false;
    }
  }

  /**
   * After a failed sync nobody knows what the disk holds: the kernel may have dropped the data and forgotten the
   * error. So the engine answers nothing until it has cut the file back to what it acknowledged and read it anew.
   */
  #distrust(failure: StorageUnavailableError): void {
    this.#failure = failure;
    if (this.#state !== 'open') return;
    this.#state = 'recovering';
    this.#recovery = this.#recover();
  }

  async #recover(): Promise<void> {
    const size = this.#log.size;
    const { signal } = this.#stopRecovery;
    for (let wait = RECOVERY_DELAY.first; !signal.aborted; wait = Math.min(wait * 2, RECOVERY_DELAY.most)) {
      await delay(wait, null, { signal, ref: false }).catch(() => {});
      await this.#compaction;
      await this.#loop.idle();
      if (signal.aborted || !(await this.#reopen(size))) continue;
      this.#options.warn(`${this.#path}: read again after a failure and sound`);
      return;
    }
  }

  async #reopen(size: number): Promise<boolean> {
    try {
      const { log, table, changes } = await openLog(this.#options, size);
      await this.#log.close().catch(() => {});
      this.#log = log;
      this.#table = table;
      this.#changes = changes;
      if (this.#state === 'recovering') this.#state = 'open';
      this.#failure = null;
      return true;
    } catch (error) {
      this.#reportObstacle(error);
      return false;
    }
  }

  /** Says why a recovery does not succeed, once for each reason: it is tried again and again. */
  #reportObstacle(error: unknown): void {
    const obstacle = String(error);
    if (obstacle !== this.#lastObstacle)
      this.#options.warn(`${this.#path}: still not to be used: ${obstacle}`);
    this.#lastObstacle = obstacle;
  }

  /** Starts a compaction when dead lines outweigh live ones. */
  #compactWhenWorthIt(): void {
    const dead = this.#changes - this.#table.size;
    if (this.#compaction || this.#state !== 'open' || dead < this.#compactAt || dead <= this.#table.size)
      return;
    this.#compaction = this.#compact().finally(() => {
      this.#compaction = null;
    });
  }

  async #compact(): Promise<void> {
    // Taken in one go, between two batches: the snapshot and the log up to `log.size` say the same.
    const records = this.#table.snapshot();
    const before = this.#changes;
    try {
      await compact({
        path: this.#path,
        model: this.#options.model,
        fs: this.#options.fs,
        log: this.#log,
        records,
        isWanted: () => this.#state === 'open',
        standStill: (job) => this.#loop.standStill(job),
        onReplaced: (log) => {
          this.#log = log;
          this.#changes += records.size - before;
          this.#compactAt = this.#options.compactAt;
        },
        onUncertain: (error) => this.#distrust(new StorageUnavailableError(error)),
      });
    } catch (error) {
      this.#compactAt = this.#changes * 2;
      if (this.#state === 'open')
        this.#options.warn(`${this.#path}: could not be compacted: ${String(error)}`);
    }
  }
}

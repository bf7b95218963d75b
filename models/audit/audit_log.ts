import { currentTime } from '../base.js';
import { CommitLoop } from '../engine/commit_loop.js';
import { realFileSystem, type FileSystem } from '../engine/log_file.js';
import { StorageUnavailableError } from '../engine/storage_engine.js';
import { dayOf, type AuditLine, type StoredEvent } from './audit_line.js';
import { markText, parseMark } from './audit_files.js';
import { LineQueue, type LineBatch } from './line_queue.js';
import { gapLine, Losses } from './losses.js';
import { openTrail } from './open_trail.js';
import type { Trail, TrailOptions } from './trail.js';
import { readEvents } from './trail_reader.js';
import { TrailWriter } from './trail_writer.js';

export type AuditLogOptions = Omit<TrailOptions, 'fs'> & { readonly fs?: FileSystem };

/** A page of somebody's events, newest first, and the mark of the next page; null on the last. */
export interface EventPage {
  readonly events: readonly StoredEvent[];
  readonly next: string | null;
}

/**
 * The audit trail on disk: append-only files of JSON lines, one a day, and an index by user. See docs/audit.md.
 *
 * Lines that arrive while a sync runs share the next one (group commit). A line that cannot be written is lost, and
 * nothing else fails for it; that is said in the log and, once the disk works again, in the trail itself.
 */
export class AuditLog {
  readonly #trail: Trail;
  readonly #writer: TrailWriter;
  readonly #losses: Losses;
  readonly #queue = new LineQueue();
  readonly #loop = new CommitLoop<LineBatch>(this.#queue, (batch) => this.#commit(batch));
  #isClosed = false;

  private constructor(trail: Trail) {
    this.#trail = trail;
    this.#writer = new TrailWriter(trail);
    this.#losses = new Losses(trail.options.warn);
  }

  /** @throws the system's error when the folder cannot be made or listed; nothing inside it stops a start. */
  static async open(options: AuditLogOptions): Promise<AuditLog> {
    return new AuditLog(await openTrail({ fs: realFileSystem, ...options }));
  }

  /** Events that could not be written since the start. */
  get lost(): number {
    return this.#losses.total;
  }

  /** Writes a line after all that came before it: resolves to true once it is on the disk, to false if it is lost. */
  async append(line: AuditLine): Promise<boolean> {
    if (this.#isClosed || this.#queue.isFull) {
      this.#losses.add(1, this.#isClosed ? 'the trail is closed' : 'too many events wait for the disk');
      return false;
    }
    const { done } = this.#queue.add(line);
    this.#loop.start();
    return done;
  }

  /**
   * A page of a user's events that are on the disk.
   * @param before what the page before gave as `next`, or null for the first; the page is empty for any other text.
   * @throws StorageUnavailableError when the disk cannot be read.
   */
  async page(user: string, before: string | null, limit: number): Promise<EventPage> {
    const mark = before === null ? null : parseMark(before);
    if (before !== null && mark === null) return { events: [], next: null };
    const places = this.#trail.index.find(user, mark, limit + 1);
    const shown = places.slice(0, limit);
    const last = places.length > limit ? shown.at(-1) : undefined;
    const events = await readEvents(this.#trail, user, shown).catch((error: unknown) => {
      throw new StorageUnavailableError(error);
    });
    return { events, next: last ? markText({ ...last.file, ordinal: last.ordinal }) : null };
  }

  /** Deletes the files that have become too old, on a server where nothing else happens. */
  async dropOverdue(): Promise<void> {
    if (this.#isClosed || !this.#trail.isOverdue(dayOf(currentTime()))) return;
    await this.#loop.standStill(() => this.#writer.dropOverdue(dayOf(currentTime())));
  }

  /** Writes what waits and lets go of the file; lines that come later are lost. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#loop.idle();
    await this.#writer.release();
  }

  async #commit(batch: LineBatch): Promise<void> {
    const missing = this.#losses.pending;
    const lines = missing > 0 ? [gapLine(missing), ...batch.lines] : batch.lines;
    try {
      await this.#writer.write(batch.day, lines);
    } catch (error) {
      this.#losses.add(batch.lines.length, error);
      batch.settle(false);
      return;
    }
    if (missing > 0) this.#losses.closeGap(missing);
    batch.settle(true);
  }
}

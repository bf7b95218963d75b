import { currentTime } from '../base.js';
import { realFileSystem, type FileSystem } from '../engine/log_file.js';
import { StorageUnavailableError } from '../engine/storage_engine.js';
import { Appender } from './appender.js';
import { dayOf, type AuditLine } from './audit_line.js';
import { markText, parseMark } from './audit_files.js';
import type { AuditStore, EventPage } from './audit_store.js';
import { openTrail } from './open_trail.js';
import type { Trail, TrailOptions } from './trail.js';
import { readEvents } from './trail_reader.js';
import { TrailWriter } from './trail_writer.js';

export type AuditLogOptions = Omit<TrailOptions, 'fs'> & { readonly fs?: FileSystem };

/**
 * The audit trail on disk: append-only files of JSON lines, one a day, and an index by user. See docs/audit.md.
 * Lines are in the order in which they came, and those that arrive while a sync runs share the next one.
 */
export class AuditLog implements AuditStore {
  readonly #trail: Trail;
  readonly #writer: TrailWriter;
  readonly #appender: Appender;

  private constructor(trail: Trail) {
    this.#trail = trail;
    this.#writer = new TrailWriter(trail);
    this.#appender = new Appender({
      write: async (lines, { day }) => this.#writer.write(day, lines),
      warn: trail.options.warn,
    });
  }

  /** @throws the system's error when the folder cannot be made or listed; nothing inside it stops a start. */
  static async open(options: AuditLogOptions): Promise<AuditLog> {
    return new AuditLog(await openTrail({ fs: realFileSystem, ...options }));
  }

  get lost(): number {
    return this.#appender.lost;
  }

  async append(line: AuditLine): Promise<boolean> {
    return this.#appender.append(line);
  }

  isCursor(text: string): boolean {
    return parseMark(text) !== null;
  }

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
    if (this.#appender.isClosed || !this.#trail.isOverdue(dayOf(currentTime()))) return;
    await this.#appender.standStill(() => this.#writer.dropOverdue(dayOf(currentTime())));
  }

  async close(): Promise<void> {
    await this.#appender.close();
    await this.#writer.release();
  }
}

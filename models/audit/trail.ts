import { join } from 'node:path';
import { unlinkQuietly, type FileSystem } from '../engine/log_file.js';
import { daysBefore } from './audit_line.js';
import type { AuditLimits } from './audit_store.js';
import { nameOf, type AuditFile } from './audit_files.js';
import { EventIndex } from './event_index.js';

export interface TrailOptions extends AuditLimits {
  /** The trail's own folder. */
  readonly folder: string;
  readonly fs: FileSystem;
}

/** A day gets another file at this share of the limit: what goes first is then never more than that. */
const PIECES = 4;

/** The files there are, oldest first, with the index of their events; deletes the oldest when they are too many. */
export class Trail {
  readonly options: TrailOptions;
  readonly index = new EventIndex();
  readonly #files: AuditFile[] = [];
  #stuck: AuditFile | null = null;

  constructor(options: TrailOptions) {
    this.options = options;
  }

  get files(): readonly AuditFile[] {
    return this.#files;
  }

  /** The file that is written to, or was last; undefined when there is none. */
  get newest(): AuditFile | undefined {
    return this.#files.at(-1);
  }

  /** Bytes after which a day goes on in another file. */
  get pieceBytes(): number {
    return this.options.maxBytes / PIECES;
  }

  pathOf(file: AuditFile): string {
    return join(this.options.folder, nameOf(file));
  }

  addFile(file: AuditFile): void {
    this.#files.push(file);
    this.index.startFile(file);
  }

  /** True when a file is too old to be kept. */
  isOverdue(today: string): boolean {
    const [oldest] = this.#files;
    return oldest !== undefined && oldest.day < daysBefore(today, this.options.days);
  }

  /** Deletes the files that are too old. */
  async dropOverdue(today: string): Promise<void> {
    while (this.isOverdue(today)) if (!(await this.#dropOldest())) return;
  }

  /** Deletes the oldest files until so many more bytes fit; never the newest, which is being written. */
  async makeRoom(bytes: number): Promise<void> {
    while (this.#files.length > 1 && this.#size() + bytes > this.options.maxBytes) {
      if (!(await this.#dropOldest())) return;
    }
  }

  #size(): number {
    return this.#files.reduce((sum, { size }) => sum + size, 0);
  }

  /** False when the oldest file cannot be deleted: warned about once, and tried again the next time. */
  async #dropOldest(): Promise<boolean> {
    const oldest = this.#files[0]!;
    try {
      await unlinkQuietly(this.pathOf(oldest), this.options.fs);
    } catch (error) {
      if (this.#stuck !== oldest)
        this.options.warn(`${this.pathOf(oldest)}: is due but cannot be deleted: ${String(error)}`);
      this.#stuck = oldest;
      return false;
    }
    this.#files.shift();
    this.index.dropOldest();
    return true;
  }
}

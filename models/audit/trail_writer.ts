import { mkdir } from 'node:fs/promises';
import { LogFile, syncFolderOf } from '../engine/log_file.js';
import { daysBefore, type AuditLine } from './audit_line.js';
import { nextFile, type AuditFile } from './audit_files.js';
import type { Trail } from './trail.js';

/** Appends to the trail's newest file and begins the next one when it is time; one call at a time. */
export class TrailWriter {
  readonly #trail: Trail;
  #log: LogFile | null = null;

  constructor(trail: Trail) {
    this.#trail = trail;
  }

  /**
   * Writes lines of one day; resolves once they are on the disk and can be found.
   * @throws the system's error. None of the lines counts then, and the next call cuts off what is left of them.
   */
  async write(day: string, lines: readonly AuditLine[]): Promise<void> {
    const text = lines.map((line) => line.text).join('');
    try {
      const log = await this.#logFor(day, text.length);
      await this.#trail.makeRoom(text.length);
      let offset = log.size;
      await log.append(text);
      this.#trail.newest!.size = log.size;
      for (const line of lines) {
        if (line.user !== null) this.#trail.index.add(line.user, offset);
        offset += line.text.length;
      }
    } catch (error) {
      // After a failed write or sync nobody knows what lies beyond the size: the file is opened and cut anew.
      await this.release();
      throw error;
    }
  }

  /** Deletes the files that are too old, today's too if the clock says so. */
  async dropOverdue(today: string): Promise<void> {
    await this.#trail.dropOverdue(today);
    if (this.#trail.files.length === 0) await this.release();
  }

  /** Lets go of the open file; the next write opens it again. */
  async release(): Promise<void> {
    const log = this.#log;
    this.#log = null;
    // What counts was synced already; what a close may still report is about bytes that do not.
    await log?.close().catch(() => {});
  }

  async #logFor(day: string, bytes: number): Promise<LogFile> {
    const { newest, pieceBytes } = this.#trail;
    const target = dayToWrite(newest, day);
    const isFull = newest !== undefined && newest.size > 0 && newest.size + bytes > pieceBytes;
    if (!newest || newest.day !== target || isFull) return this.#begin(target);
    this.#log ??= await this.#reopen(newest);
    return this.#log ?? this.#begin(target);
  }

  /** Begins a file: at midnight, when a day's file is full, or when the one we had is gone. */
  async #begin(day: string): Promise<LogFile> {
    await this.release();
    await this.dropOverdue(day);
    const { fs, folder } = this.#trail.options;
    // Somebody may have moved the whole folder away.
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = nextFile(this.#trail.files, day);
    const path = this.#trail.pathOf(file);
    this.#log = await LogFile.create(path, fs);
    this.#trail.addFile(file);
    await syncFolderOf(path, fs);
    return this.#log;
  }

  /** Opens the newest file and cuts off what was never acknowledged; null when somebody took the file away. */
  async #reopen(file: AuditFile): Promise<LogFile | null> {
    const { fs, warn } = this.#trail.options;
    const path = this.#trail.pathOf(file);
    const log = await LogFile.open(path, fs);
    if (!log || log.size < file.size) {
      warn(
        `${path}: ${log ? 'is shorter than what was written to it' : 'is gone'}; going on in another file`,
      );
      await log?.close();
      return null;
    }
    try {
      await log.makePrivate();
      if (log.size > file.size) await log.truncate(file.size);
      await syncFolderOf(path, fs);
      return log;
    } catch (error) {
      await log.close().catch(() => {});
      throw error;
    }
  }
}

/**
 * The day whose file is written to. A clock that was set back over midnight goes on in the newer file, so that files
 * stay in order; one that was days ahead, and has been set right, does not tie the trail to a file of the future.
 */
function dayToWrite(newest: AuditFile | undefined, day: string): string {
  return newest && newest.day > day && daysBefore(newest.day, 1) <= day ? newest.day : day;
}

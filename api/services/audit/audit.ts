import { join } from 'node:path';
import { auditLine, plainText, type StoredEvent } from '../../../models/audit/audit_line.js';
import { AuditLog } from '../../../models/audit/audit_log.js';
import { parseMark } from '../../../models/audit/audit_files.js';
import { currentTime } from '../../../models/base.js';
import type { FileSystem } from '../../../models/engine/log_file.js';
import { storedEvent, type AuditEvent } from './audit_event.js';
import { MinuteCounter } from './minute_counter.js';

export interface AuditOptions {
  /** The storage folder, whose lock the process holds; the trail is in its folder `audit`. */
  readonly folder: string;
  /** Days before today that are kept: AUDIT_DAYS. */
  readonly days: number;
  /** Megabytes (1,000,000 bytes) that the trail may have: AUDIT_MAX_MB. */
  readonly maxMegabytes: number;
  /** Told what an operator must know, above all that events are being lost. */
  readonly warn: (message: string) => void;
  /** The installation's own key for the digests of emails; null: they are plain SHA-256. */
  readonly digestKey?: string | null;
  readonly fs?: FileSystem;
}

/** An event as its user sees it. */
export interface Activity {
  /** UTC, ISO 8601 with milliseconds and `Z`. */
  readonly at: string;
  readonly event: string;
  readonly outcome: string;
  /** Whole, as it is stored: views blank its last part. */
  readonly address: string | null;
  readonly device: string | null;
  readonly session: string | null;
}

/** A page of activity; `next` is for `before` of the next page, and null on the last. */
export interface ActivityPage {
  readonly events: readonly Activity[];
  readonly next: string | null;
}

/** Milliseconds after which finished minutes are written and old days deleted, if no event came to do it. */
const EVERY = 10_000;
const PAGE = 50;
const LONGEST_PAGE = 200;

/** The audit trail: who did what, when, from where, and how it went. docs/audit.md describes it. */
export class Audit {
  readonly #log: AuditLog;
  readonly #digestKey: string | null;
  readonly #counter = new MinuteCounter();
  readonly #timer: NodeJS.Timeout;

  private constructor(log: AuditLog, digestKey: string | null) {
    this.#log = log;
    this.#digestKey = digestKey;
    this.#timer = setInterval(() => void this.tick(), EVERY).unref();
  }

  /**
   * Opens the trail, deletes what is due and builds the index. What is wrong inside the files is warned about.
   * @throws the system's error when the folder cannot be made or listed.
   */
  static async open({ folder, maxMegabytes, digestKey = null, ...rest }: AuditOptions): Promise<Audit> {
    const log = await AuditLog.open({ ...rest, folder: join(folder, 'audit'), maxBytes: maxMegabytes * 1e6 });
    return new Audit(log, digestKey);
  }

  /** True for a text that has the form of `next`. Whoever makes one up still sees nothing but their own events. */
  static isCursor(text: string): boolean {
    return parseMark(text) !== null;
  }

  /** Events that could not be written since the start. */
  get lost(): number {
    return this.#log.lost;
  }

  /**
   * Records an event, stamped with the present time. Resolves once it is on the disk, so that whoever awaits it before
   * answering knows that what was answered can be proved; what is only counted is written when its minute is over.
   *
   * Never rejects: an event that cannot be written is lost, with a warning and a count. A full disk must not keep
   * anybody from logging out or from ending a thief's session (fail open, and loudly).
   */
  async record(event: AuditEvent): Promise<void> {
    const stored = storedEvent(event, currentTime(), this.#digestKey);
    const earlier = this.#writeCounts(this.#counter.drain(stored.at));
    if (!this.#counter.takes(stored)) await this.#log.append(auditLine(stored));
    else await earlier;
  }

  /**
   * A user's own events, newest first, found by an index and not by a scan.
   * @param options.before `next` of the page before; any text that is not one gives an empty page.
   * @param options.limit events in a page, from 1 to 200.
   * @throws StorageUnavailableError when the disk cannot be read.
   */
  async activityOf(
    userId: string,
    { before = null, limit = PAGE }: { readonly before?: string | null; readonly limit?: number } = {},
  ): Promise<ActivityPage> {
    const size = Math.min(Math.max(Math.trunc(limit), 1), LONGEST_PAGE);
    const { events, next } = await this.#log.page(plainText(userId), before, size);
    return { events: events.map(activity), next };
  }

  /** Writes the counts of a minute that is over and deletes days that are too old; called by itself now and then. */
  async tick(): Promise<void> {
    await this.#writeCounts(this.#counter.drain(new Date(currentTime()).toISOString()));
    await this.#log.dropOverdue();
  }

  /** Writes everything that waits or was counted; events that come later are lost. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#writeCounts(this.#counter.drain());
    await this.#log.close();
  }

  async #writeCounts(events: readonly StoredEvent[]): Promise<void> {
    await Promise.all(events.map((event) => this.#log.append(auditLine(event))));
  }
}

/** What a user may see. Where an admin did it, the address, device and session are the admin's, and private. */
function activity({ at, event, outcome, actor, address, device, session }: StoredEvent): Activity {
  if (actor !== undefined) return { at, event, outcome, address: null, device: null, session: null };
  return { at, event, outcome, address, device, session };
}

import { auditLine, plainText, type StoredEvent } from '../../../models/audit/audit_line.js';
import type { AuditStore } from '../../../models/audit/audit_store.js';
import { currentTime } from '../../../models/base.js';
import type { Storage } from '../../../models/storage.js';
import { storedEvent, type AuditEvent } from './audit_event.js';
import { MinuteCounter } from './minute_counter.js';

export interface AuditOptions {
  /** Days before today that are kept: AUDIT_DAYS. */
  readonly days: number;
  /** Megabytes (1,000,000 bytes) that the trail may have: AUDIT_MAX_MB. */
  readonly maxMegabytes: number;
  /** Told what an operator must know, above all that events are being lost. */
  readonly warn: (message: string) => void;
  /** The installation's own key for the digests of emails; null: they are plain SHA-256. */
  readonly digestKey?: string | null;
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
  readonly #store: AuditStore;
  readonly #digestKey: string | null;
  readonly #counter = new MinuteCounter();
  readonly #timer: NodeJS.Timeout;

  private constructor(store: AuditStore, digestKey: string | null) {
    this.#store = store;
    this.#digestKey = digestKey;
    this.#timer = setInterval(() => void this.tick(), EVERY).unref();
  }

  /**
   * Opens the trail where the storage keeps it, and deletes what is due. What is wrong inside is warned about.
   * @throws what {@link Storage.openAudit} throws.
   */
  static async open(
    storage: Pick<Storage, 'openAudit'>,
    { maxMegabytes, digestKey = null, days, warn }: AuditOptions,
  ): Promise<Audit> {
    return new Audit(await storage.openAudit({ days, maxBytes: maxMegabytes * 1e6, warn }), digestKey);
  }

  /** True for a text that has the form of `next`. Whoever makes one up still sees nothing but their own events. */
  isCursor(text: string): boolean {
    return this.#store.isCursor(text);
  }

  /** Events that could not be written since the start. */
  get lost(): number {
    return this.#store.lost;
  }

  /**
   * Records an event, stamped with the present time. Resolves once it is durable, so that whoever awaits it before
   * answering knows that what was answered can be proved; what is only counted is written when its minute is over.
   *
   * Never rejects: an event that cannot be written is lost, with a warning and a count. A full disk or an absent database must not keep
   * anybody from logging out or from ending a thief's session (fail open, and loudly).
   */
  async record(event: AuditEvent): Promise<void> {
    const stored = storedEvent(event, currentTime(), this.#digestKey);
    const earlier = this.#writeCounts(this.#counter.drain(stored.at));
    if (!this.#counter.takes(stored)) await this.#store.append(auditLine(stored));
    else await earlier;
  }

  /**
   * A user's own events, newest first, found by an index and not by a scan.
   * @param options.before `next` of the page before; any text that is not one gives an empty page.
   * @param options.limit events in a page, from 1 to 200.
   * @throws StorageUnavailableError when the store cannot be read.
   */
  async activityOf(
    userId: string,
    { before = null, limit = PAGE }: { readonly before?: string | null; readonly limit?: number } = {},
  ): Promise<ActivityPage> {
    const size = Math.min(Math.max(Math.trunc(limit), 1), LONGEST_PAGE);
    const { events, next } = await this.#store.page(plainText(userId), before, size);
    return { events: events.map(activity), next };
  }

  /** Writes the counts of a minute that is over and deletes days that are too old; called by itself now and then. */
  async tick(): Promise<void> {
    await this.#writeCounts(this.#counter.drain(new Date(currentTime()).toISOString()));
    await this.#store.dropOverdue();
  }

  /** Writes everything that waits or was counted; events that come later are lost. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#writeCounts(this.#counter.drain());
    await this.#store.close();
  }

  async #writeCounts(events: readonly StoredEvent[]): Promise<void> {
    await Promise.all(events.map((event) => this.#store.append(auditLine(event))));
  }
}

/** What a user may see. Where an admin did it, the address, device and session are the admin's, and private. */
function activity({ at, event, outcome, actor, address, device, session }: StoredEvent): Activity {
  if (actor !== undefined) return { at, event, outcome, address: null, device: null, session: null };
  return { at, event, outcome, address, device, session };
}

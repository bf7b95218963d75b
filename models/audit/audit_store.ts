import type { AuditLine, StoredEvent } from './audit_line.js';

/** What is kept of a trail, and who is told of it. */
export interface AuditLimits {
  /** How many days before today are kept. */
  readonly days: number;
  /** Bytes that all lines together may have. */
  readonly maxBytes: number;
  /** Told about anything an operator should know. */
  readonly warn: (message: string) => void;
}

/** A page of somebody's events, newest first, and the mark of the next page; null on the last. */
export interface EventPage {
  readonly events: readonly StoredEvent[];
  readonly next: string | null;
}

/**
 * Where the audit trail is kept. A line that cannot be written is lost, and nothing else fails for it: that is said
 * in the log and, once the store works again, in the trail itself.
 */
export interface AuditStore {
  /** Events that could not be written since the start. */
  readonly lost: number;

  /** Writes a line: resolves to true once it is durable, to false if it is lost. Never rejects. */
  append(line: AuditLine): Promise<boolean>;

  /** True for a text that has the form of `next`. Whoever makes one up still sees nothing but their own events. */
  isCursor(text: string): boolean;

  /**
   * A page of a user's events that are durable, found by an index and not by a scan.
   * @param before what the page before gave as `next`, or null for the first; the page is empty for any other text.
   * @throws StorageUnavailableError when the store cannot be read.
   */
  page(user: string, before: string | null, limit: number): Promise<EventPage>;

  /** Deletes what has become too old, or too much. */
  dropOverdue(): Promise<void>;

  /** Writes what waits and lets go of everything; lines that come later are lost. */
  close(): Promise<void>;
}

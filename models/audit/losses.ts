import { currentTime } from '../base.js';
import { auditLine, type AuditLine } from './audit_line.js';

/** Milliseconds between two warnings while the store goes on failing: the log must not drown in them. */
const EVERY = 10_000;

/** Keeps count of the events that could not be written, and says so: in the log now, in the trail once it goes on. */
export class Losses {
  /** Events lost since the start. */
  total = 0;
  readonly #warn: (message: string) => void;
  #pending = 0;
  #warnedAt = -Infinity;

  constructor(warn: (message: string) => void) {
    this.#warn = warn;
  }

  /** Notes that events are lost. The first loss is warned about at once, others at most every ten seconds. */
  add(count: number, reason: unknown): void {
    this.total += count;
    this.#pending += count;
    if (Math.abs(currentTime() - this.#warnedAt) < EVERY) return;
    this.#warnedAt = currentTime();
    const what = reason instanceof Error ? reason.message : String(reason);
    this.#warn(`audit: events are being LOST (${this.#pending} so far), nothing else is held up: ${what}`);
  }

  /** Events that were lost since the last gap line was written. */
  get pending(): number {
    return this.#pending;
  }

  /** To be called after a gap line with this count was written. */
  closeGap(count: number): void {
    this.#warn(`audit: events are written again; ${count} were lost`);
    this.#pending -= count;
    this.#warnedAt = -Infinity;
  }
}

/** The line that tells readers of the trail how many events are missing before this one, which it stands beside. */
export function gapLine(count: number, { at }: Pick<AuditLine, 'at'>): AuditLine {
  return auditLine({
    at: new Date(at).toISOString(),
    event: 'gap',
    outcome: 'failure',
    user: null,
    address: null,
    device: null,
    session: null,
    request_id: null,
    detail: 'events before this one could not be written',
    count,
  });
}

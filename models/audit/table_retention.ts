import { SqlError } from '../engine/postgres/failures.js';
import type { SqlTable } from '../engine/postgres/postgres_store.js';
import { dayOf, daysBefore } from './audit_line.js';
import type { AuditLimits } from './audit_store.js';
import { MEASURE, OLDEST, REMOVE, TABLE, type Place } from './table_sql.js';

/** Rows that one statement deletes at most, so that it holds its locks but for a moment. */
const BATCH = 500;
/** Milliseconds of the trail that are measured together. */
const PIECE = 3_600_000;
/** Milliseconds after its end in which a piece can still grow: by events that waited, and by clocks that differ. */
const GROWING = 3_600_000;
/** Milliseconds after which the size is looked at again, because other processes write too. */
const EVERY = 60_000;
/** The share of the limit that this process may write before it looks again. */
const STEP = 1 / 64;
/** The shares of the limit at which deleting begins and ends: there is room for what comes between two looks. */
const FULL = 31 / 32;
const ROOMY = 15 / 16;

interface Row extends Place {
  readonly size: number;
}

/** What is known of a piece: its bytes, and the first time after it. */
interface Piece {
  readonly bytes: number;
  readonly next: number | null;
}

/**
 * Deletes what is too old and what is too much, the oldest rows first. Any number of processes may do so at once: each
 * deletes up to a place that it has seen, and who finds that another one is at it leaves it to that one.
 *
 * The size is the sum of the lines' bytes. It is measured by the hour, and what an hour had that is over is not asked
 * again, but for the oldest one, from which others delete.
 */
export class TableRetention {
  readonly #table: SqlTable;
  readonly #limits: AuditLimits;
  readonly #pieces = new Map<number, Piece>();
  #lookedAt = -Infinity;
  #written = 0;
  #isStopped = false;
  #isStuck = false;

  constructor(table: SqlTable, limits: AuditLimits) {
    this.#table = table;
    this.#limits = limits;
  }

  /** Takes note of bytes that this process has added. */
  noteWritten(bytes: number): void {
    this.#written += bytes;
  }

  /** True when the size should be looked at again. */
  isDue(now: number): boolean {
    return this.#written >= this.#limits.maxBytes * STEP || Math.abs(now - this.#lookedAt) >= EVERY;
  }

  /** Ends what is under way after its next statement. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Never rejects: a store that is away is tidied later. That it refuses to delete is warned about once. */
  async tidy(now: number): Promise<void> {
    try {
      await this.#dropOld(Date.parse(daysBefore(dayOf(now), this.#limits.days)));
      if (this.isDue(now)) await this.#makeRoom(now);
      this.#isStuck = false;
    } catch (error) {
      const { cause, message } = error as Error;
      // That the store is away was said already.
      if (!(cause instanceof SqlError)) return;
      if (!this.#isStuck) this.#limits.warn(`${TABLE}: what is due cannot be deleted: ${message}`);
      this.#isStuck = true;
    }
  }

  async #dropOld(end: number): Promise<void> {
    await this.#drop(null, (rows) => rows.filter(({ at }) => at < end).length);
  }

  async #makeRoom(now: number): Promise<void> {
    const written = this.#written;
    const { maxBytes } = this.#limits;
    const [oldest] = await this.#oldest(1);
    if (oldest) {
      const size = await this.#measure(oldest.at, now);
      let excess = size <= maxBytes * FULL ? 0 : size - maxBytes * ROOMY;
      await this.#drop(oldest, (rows) => {
        let count = 0;
        while (excess > 0 && count < rows.length) excess -= rows[count++]?.size ?? 0;
        return count;
      });
    }
    this.#written -= written;
    this.#lookedAt = now;
  }

  /**
   * Deletes the oldest rows, as many of each batch as `countOf` says, until it wants less than the batch.
   * @param first the row that must be the oldest; null: whichever is.
   */
  async #drop(first: Place | null, countOf: (rows: readonly Row[]) => number): Promise<void> {
    let expected = first;
    while (!this.#isStopped) {
      const rows = await this.#oldest(BATCH + 1);
      const [oldest] = rows;
      if (!oldest || (expected && !isSame(oldest, expected))) return;
      const batch = rows.slice(0, BATCH);
      const last = batch[countOf(batch) - 1];
      if (!last) return;
      const { count } = await this.#table.run(REMOVE, [last.at, last.tie]);
      const next = rows[BATCH];
      // Fewer than we saw: somebody else was faster.
      if (last !== batch.at(-1) || count < batch.length || !next) return;
      expected = next;
    }
  }

  async #oldest(limit: number): Promise<Row[]> {
    const { rows } = await this.#table.run(OLDEST, [limit]);
    return rows.map(([at, tie, size]) => ({ at: Number(at), tie: Number(tie), size: Number(size) }));
  }

  async #measure(oldest: number, now: number): Promise<number> {
    const first = Math.floor(oldest / PIECE);
    let total = 0;
    for (let next: number | null = oldest; next !== null && !this.#isStopped;) {
      const number = Math.floor(next / PIECE);
      const known = number === first ? undefined : this.#pieces.get(number);
      const piece: Piece = known ?? (await this.#ask(number));
      if ((number + 1) * PIECE + GROWING < now) this.#pieces.set(number, piece);
      total += piece.bytes;
      ({ next } = piece);
    }
    for (const number of this.#pieces.keys()) if (number < first) this.#pieces.delete(number);
    return total;
  }

  async #ask(number: number): Promise<Piece> {
    const { rows } = await this.#table.run(MEASURE, [number * PIECE, (number + 1) * PIECE]);
    const [bytes = null, next = null] = rows[0] ?? [];
    return { bytes: Number(bytes), next: next === null ? null : Number(next) };
  }
}

function isSame(a: Place, b: Place): boolean {
  return a.at === b.at && a.tie === b.tie;
}

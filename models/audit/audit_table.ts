import { currentTime } from '../base.js';
import { Deadline, PATIENCE } from '../engine/postgres/deadline.js';
import { arrayText } from '../engine/postgres/names.js';
import type { PostgresStore, SqlTable } from '../engine/postgres/postgres_store.js';
import { Appender } from './appender.js';
import { parseEvent, type AuditLine, type StoredEvent } from './audit_line.js';
import type { AuditLimits, AuditStore, EventPage } from './audit_store.js';
import { TableRetention } from './table_retention.js';
import { CREATE, INDEXES, INSERT, PAGE, parsePlace, placeText, TABLE, Ties } from './table_sql.js';

/** After all times there are. */
const NEWEST = { at: Number.MAX_SAFE_INTEGER, tie: 0 };
/** Milliseconds that a statement must have left to be worth sending. */
const LEAST = 100;

const LATE = Symbol('late');

/**
 * The audit trail in a table of PostgreSQL: one for all processes that use the database. See docs/audit.md.
 * Its order is that of the events' times. Events that arrive while a statement runs share the next one.
 */
export class AuditTable implements AuditStore {
  readonly #table: SqlTable;
  readonly #limits: AuditLimits;
  readonly #appender: Appender;
  readonly #retention: TableRetention;
  readonly #ties = new Ties();
  #tidying: Promise<void> | null = null;

  private constructor(table: SqlTable, limits: AuditLimits) {
    this.#table = table;
    this.#limits = limits;
    this.#retention = new TableRetention(table, limits);
    this.#appender = new Appender({
      write: async (lines, { since }) => this.#write(lines, PATIENCE - (performance.now() - since)),
      warn: limits.warn,
    });
  }

  /**
   * Makes the table unless it is there. What is due is deleted in the background: it may take a while.
   * @throws StorageUnavailableError; StorageVersionError.
   */
  static async open(store: Pick<PostgresStore, 'table'>, limits: AuditLimits): Promise<AuditTable> {
    const table = store.table(TABLE, INDEXES, CREATE);
    await table.ready();
    const trail = new AuditTable(table, limits);
    void trail.dropOverdue();
    return trail;
  }

  get lost(): number {
    return this.#appender.lost;
  }

  /** As {@link AuditStore.append}, within two seconds: who logs out does not wait longer for a store that is away. */
  async append(line: AuditLine): Promise<boolean> {
    return this.#appender.append(line);
  }

  isCursor(text: string): boolean {
    return parsePlace(text) !== null;
  }

  async page(user: string, before: string | null, limit: number): Promise<EventPage> {
    const place = before === null ? NEWEST : parsePlace(before);
    if (place === null) return { events: [], next: null };
    const { rows } = await this.#table.run(PAGE, [user, place.at, place.tie, limit + 1]);
    const shown = rows.slice(0, limit);
    const [at, tie] = shown.at(-1) ?? [];
    return {
      events: shown.flatMap(([, , line]) => this.#eventOf(user, String(line))),
      next: rows.length > limit ? placeText({ at: Number(at), tie: Number(tie) }) : null,
    };
  }

  async dropOverdue(): Promise<void> {
    // What is under way may have looked before the latest lines were there.
    await this.#tidying;
    if (this.#appender.isClosed) return;
    this.#tidying ??= this.#retention.tidy(currentTime()).finally(() => (this.#tidying = null));
    await this.#tidying;
  }

  async close(): Promise<void> {
    this.#retention.stop();
    await this.#appender.close();
    await this.#tidying;
  }

  /** @param left milliseconds until the lines are given up. They may be written nevertheless. */
  async #write(lines: readonly AuditLine[], left: number): Promise<void> {
    if (left < LEAST) throw new Error('the events waited too long for those before them');
    // With a deadline of its own: a store that is slow must not be taken for one that is away.
    const written = this.#table.run(INSERT, this.#columnsOf(lines), new Deadline());
    if ((await new Deadline(left).race(written, LATE)) === LATE)
      throw new Error('the database did not answer in time');
    this.#retention.noteWritten(lines.reduce((sum, { text }) => sum + text.length, 0));
    if (this.#retention.isDue(currentTime())) void this.dropOverdue();
  }

  #columnsOf(lines: readonly AuditLine[]): string[] {
    return [
      lines.map(({ at }) => String(at)),
      lines.map(({ at }) => String(this.#ties.next(at))),
      lines.map(({ user }) => user),
      lines.map(({ text }) => String(text.length)),
      lines.map(({ text }) => text.slice(0, -1)),
    ].map(arrayText);
  }

  /** None where somebody edited the line: nobody may see another's. */
  #eventOf(user: string, line: string): StoredEvent[] {
    const event = parseEvent(line);
    if (event?.user === user) return [event];
    this.#limits.warn(`${TABLE}: a line was changed by somebody else, and is left out`);
    return [];
  }
}

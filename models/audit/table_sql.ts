import { randomInt } from 'node:crypto';

/** The table of the trail. */
export const TABLE = 'gatehouse_audit';
/** What names its form; see PostgresStore.table. */
export const INDEXES = 'tie at_ms, at_ms tie size, user_id at_ms tie';

/**
 * A row is its event's line, with what it is looked for by. `at_ms` is the event's time in milliseconds since 1970, and
 * `tie` tells apart those of one millisecond: the primary key makes a repeated insert harmless. `size` is the line's
 * length in bytes, newline included, as in a file. Directions are given because some relatives of PostgreSQL make a
 * hash of the first column otherwise, which no range can be found by.
 */
export const CREATE: readonly string[] = [
  `create table if not exists ${TABLE} (
    at_ms bigint not null,
    tie bigint not null,
    user_id text,
    size bigint not null,
    line text not null,
    primary key (tie, at_ms))`,
  `create index if not exists ${TABLE}_at_ms on ${TABLE} (at_ms asc, tie asc, size asc)`,
  `create index if not exists ${TABLE}_user_id on ${TABLE} (user_id, at_ms desc, tie desc)`,
];

/** Columns as lists of the same length, so that a statement is the same for any number of rows. */
export const INSERT = `insert into ${TABLE} (at_ms, tie, user_id, size, line)
  select * from unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::text[])
  on conflict do nothing`;

/** at_ms, tie, line of a user before a place, newest first. ($1 user, $2 at_ms, $3 tie, $4 limit) */
export const PAGE = `select at_ms, tie, line from ${TABLE}
  where user_id = $1 and at_ms <= $2 and (at_ms < $2 or tie < $3)
  order by at_ms desc, tie desc limit $4`;

/** at_ms, tie, line after a place, oldest first. ($1 at_ms, $2 tie, $3 limit) */
export const AFTER = `select at_ms, tie, line from ${TABLE}
  where at_ms >= $1 and (at_ms > $1 or tie > $2)
  order by at_ms, tie limit $3`;

/** at_ms, tie, size of the oldest. ($1 limit) */
export const OLDEST = `select at_ms, tie, size from ${TABLE} order by at_ms, tie limit $1`;

/** Up to and including a place. ($1 at_ms, $2 tie) */
export const REMOVE = `delete from ${TABLE} where at_ms <= $1 and (at_ms < $1 or tie <= $2)`;

/** The bytes from one time to before another, and the first time from there on. ($1 from, $2 to; at_ms) */
export const MEASURE = `select
  (select sum(size) from ${TABLE} where at_ms >= $1 and at_ms < $2),
  (select min(at_ms) from ${TABLE} where at_ms >= $2)`;

/** Where a row stands in the order of the trail. */
export interface Place {
  readonly at: number;
  readonly tie: number;
}

const MARK = /^(\d{1,16})\.(\d{1,16})$/;

/**
 * A place as clients carry it. It is the time of an event of their own, and a number made by chance: a count of all
 * events would tell how busy everybody else is.
 */
export function placeText({ at, tie }: Place): string {
  return Buffer.from(`${at}.${tie}`).toString('base64url');
}

/** The place that a client sent back; null when it is none of ours. */
export function parsePlace(text: string): Place | null {
  const [, at, tie] = MARK.exec(Buffer.from(text, 'base64url').toString('latin1')) ?? [];
  return at === undefined ? null : { at: Number(at), tie: Number(tie) };
}

/**
 * Numbers for events of the same millisecond: they grow, in steps made by chance, and no other process will have them.
 * Numbers of the database's own would grow too, but its relatives give them out in no order.
 */
export class Ties {
  #at = -1;
  #tie = 0;

  next(at: number): number {
    this.#tie = at === this.#at ? this.#tie + randomInt(1, 2 ** 20) : randomInt(2 ** 47);
    this.#at = at;
    return this.#tie;
  }
}

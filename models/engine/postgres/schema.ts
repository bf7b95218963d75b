import { setTimeout as sleep } from 'node:timers/promises';
import { StorageVersionError, type Index } from '../storage_engine.js';
import type { Connections, Rows, Value } from './connections.js';
import { Deadline } from './deadline.js';
import { SqlError } from './failures.js';
import { tableName } from './names.js';
import { META, Notes } from './notes.js';
import { statementsFor } from './statements.js';

/** What this program knows to read and write. */
const FORMAT = 1;
/** Milliseconds that making a table may take. */
const PATIENCE = 30_000;

/** Somebody else makes the same thing at this moment, or has just made it. */
const OVERTAKEN = /^(?:23505|42P07|42710|42P16|55000|XX000)$/;

/**
 * The tables of a database. Everything here may be done by any number of processes at once, and again after a crash:
 * each statement is harmless where it was done before, and what is finished is noted last. No transaction is around
 * them, because some of PostgreSQL's relatives take no changes of the schema inside of one.
 */
export class Schema {
  readonly #connections: Connections;

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  /** @throws StorageVersionError when a newer program made the database. */
  async prepare(): Promise<void> {
    if ((await this.#note('format')) === null) {
      await this.#run(`create table if not exists ${META} (name text primary key, value text not null)`);
      await this.#run(
        `insert into ${META} (name, value) values ('format', $1) on conflict (name) do nothing`,
        [String(FORMAT)],
      );
    }
    await this.isThere();
  }

  /**
   * Whether somebody prepared the database; changes nothing.
   * @throws StorageVersionError as {@link prepare}.
   */
  async isThere(): Promise<boolean> {
    const note = await this.#note('format');
    const format = Number(note);
    if (note === null || format === FORMAT) return note !== null;
    throw new StorageVersionError(
      `the database has format ${format}, and this program knows formats up to ${FORMAT}: ` +
        'a newer version of Gatehouse made it; use that, or a backup from before',
    );
  }

  /** Makes a model's table unless it is there, with the indexes that the program has now. */
  async prepareTable(model: string, indexes: readonly Index[]): Promise<void> {
    const wanted = indexes
      .map(({ attribute, unique }) => `${attribute}${unique ? ' unique' : ''}`)
      .join(', ');
    await this.prepareForm(tableName(model), wanted, statementsFor(model, indexes).create);
  }

  /**
   * Makes a table of any form unless it is there.
   * @param indexes names the form: a table that was made with others is refused.
   * @throws StorageVersionError.
   */
  async prepareForm(table: string, indexes: string, create: readonly string[]): Promise<void> {
    const name = `table ${table}`;
    const found = await this.#note(name);
    if (found === indexes) return;
    if (found !== null)
      throw new StorageVersionError(
        `${table} has the indexes "${found}", and this program needs "${indexes}"`,
      );
    for (const statement of create) await this.#run(statement);
    await this.#run(`insert into ${META} (name, value) values ($1, $2) on conflict (name) do nothing`, [
      name,
      indexes,
    ]);
  }

  /** Whether a table is there, whole; changes nothing. */
  async hasTable(table: string): Promise<boolean> {
    return (await this.#note(`table ${table}`)) !== null;
  }

  async #note(name: string): Promise<string | null> {
    try {
      return await new Notes(this.#connections).read(name, new Deadline(PATIENCE));
    } catch (error) {
      // There is no such table yet.
      if (error instanceof SqlError && error.code === '42P01') return null;
      throw error;
    }
  }

  async #run(text: string, values: readonly Value[] = []): Promise<Rows> {
    const deadline = new Deadline(PATIENCE);
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#connections.run(text, values, deadline, true);
      } catch (error) {
        if (tries === 10 || !(error instanceof SqlError && OVERTAKEN.test(error.code))) throw error;
        await sleep(Math.random() * 20 * tries);
      }
    }
  }
}

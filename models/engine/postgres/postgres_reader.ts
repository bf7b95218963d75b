import type { TableOptions } from '../shared_store.js';
import type { StoredRecord } from '../storage_engine.js';
import { Connections, type Rows, type Value } from './connections.js';
import { Deadline } from './deadline.js';
import { sqlErrorsAway } from './failures.js';
import { tableName } from './names.js';
import { Notes } from './notes.js';
import { parsePostgresUrl } from './postgres_url.js';
import type { PostgresOptions } from './postgres_store.js';
import { Removals } from './removals.js';
import { Schema } from './schema.js';
import { TableAccess } from './table_access.js';
import { TableReads } from './table_reads.js';

/** Reads what a PostgresStore keeps, and changes nothing: the right to read the tables is enough. */
export class PostgresReader {
  readonly #connections: Connections;
  readonly #schema: Schema;

  private constructor({ url, warn }: PostgresOptions) {
    this.#connections = new Connections(parsePostgresUrl(url), warn);
    this.#schema = new Schema(this.#connections);
  }

  /** @throws PostgresUrlError, StorageUnavailableError, StorageVersionError as PostgresStore.open does. */
  static async open(options: PostgresOptions): Promise<PostgresReader> {
    const reader = new PostgresReader(options);
    try {
      await reader.isThere();
      return reader;
    } catch (error) {
      await reader.close();
      throw error;
    }
  }

  /** Whether there is a store at all. */
  async isThere(): Promise<boolean> {
    return sqlErrorsAway(this.#schema.isThere());
  }

  /** See SharedStore.note; null: there is none. */
  async note(name: string): Promise<string | null> {
    return (await this.isThere()) ? sqlErrorsAway(new Notes(this.#connections).read(name)) : null;
  }

  /** Every record in the order of creation, in slices; none where there is no table. */
  async *slices(options: TableOptions, size: number): AsyncGenerator<readonly StoredRecord[]> {
    if (await sqlErrorsAway(this.#schema.hasTable(tableName(options.model))))
      yield* this.#reads(options).slices(size);
  }

  async count(options: TableOptions): Promise<number> {
    const isThere = await sqlErrorsAway(this.#schema.hasTable(tableName(options.model)));
    return isThere ? this.#reads(options).count() : 0;
  }

  /** What a question about a table answers; nothing where it is not there. */
  async rows(table: string, text: string, values: readonly Value[]): Promise<Rows['rows']> {
    if (!(await sqlErrorsAway(this.#schema.hasTable(table)))) return [];
    return (await sqlErrorsAway(this.#connections.run(text, values, new Deadline(), true))).rows;
  }

  async close(): Promise<void> {
    await this.#connections.close();
  }

  #reads(options: TableOptions): TableReads {
    return new TableReads(new TableAccess(this.#connections, options, async () => {}), new Removals());
  }
}

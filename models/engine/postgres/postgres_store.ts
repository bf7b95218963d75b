import type { SharedStore, TableOptions } from '../shared_store.js';
import type { StorageEngine } from '../storage_engine.js';
import { Connections, type Rows, type Value } from './connections.js';
import { Deadline } from './deadline.js';
import { sqlErrorsAway } from './failures.js';
import { Notes } from './notes.js';
import { PostgresEngine } from './postgres_engine.js';
import { parsePostgresUrl, type PostgresTarget } from './postgres_url.js';
import { Schema } from './schema.js';
import { Sweeps } from './sweeps.js';
import { TableAccess } from './table_access.js';

/** Milliseconds that what is under way has to finish when the store is closed. */
const CLOSE_PATIENCE = 2000;

export interface PostgresOptions {
  /** See {@link parsePostgresUrl}. */
  readonly url: string;
  /** Told about anything an operator should know; never of a password. */
  readonly warn: (message: string) => void;
}

/** A table whose form is not that of a model's records. */
export interface SqlTable {
  /** Makes it unless it is there. @throws StorageUnavailableError; StorageVersionError when it has another form. */
  ready(): Promise<void>;

  /**
   * Runs a statement, which is a transaction of its own and may run twice: it must not matter.
   * @throws StorageUnavailableError: it may have run nevertheless.
   */
  run(text: string, values: readonly Value[], deadline?: Deadline): Promise<Rows>;
}

/** Records in a PostgreSQL database, or one of its relatives. docs/storage.md says how they are kept. */
export class PostgresStore implements SharedStore {
  readonly #target: PostgresTarget;
  readonly #connections: Connections;
  readonly #warn: (message: string) => void;
  readonly #engines: PostgresEngine[] = [];
  readonly #tables: (() => Promise<void>)[] = [];
  readonly #sweeps: Sweeps;

  private constructor(target: PostgresTarget, warn: (message: string) => void) {
    this.#target = target;
    this.#warn = warn;
    this.#connections = new Connections(target, warn);
    this.#sweeps = new Sweeps(this.#engines);
  }

  /**
   * Connects and prepares the database.
   * @throws PostgresUrlError; StorageUnavailableError when the server does not answer or refuses us;
   * StorageVersionError when a newer program made the database.
   */
  static async open({ url, warn }: PostgresOptions): Promise<PostgresStore> {
    const store = new PostgresStore(parsePostgresUrl(url), warn);
    try {
      await store.#ask('select 1');
      await store.#inSchema((schema) => schema.prepare());
      await store.#warnOfLosses();
    } catch (error) {
      await store.close();
      throw error;
    }
    return store;
  }

  engine(options: TableOptions): StorageEngine {
    const ready = once(() => this.#inSchema((schema) => schema.prepareTable(options.model, options.indexes)));
    const engine = new PostgresEngine(new TableAccess(this.#connections, options, ready));
    this.#tables.push(ready);
    this.#engines.push(engine);
    return engine;
  }

  /**
   * A table of a form of its own.
   * @param indexes names the form; `create` makes it, each statement harmless where it was run before.
   */
  table(name: string, indexes: string, create: readonly string[]): SqlTable {
    const ready = once(() => this.#inSchema((schema) => schema.prepareForm(name, indexes, create)));
    const run: SqlTable['run'] = async (text, values, deadline = new Deadline()) => {
      await ready();
      return sqlErrorsAway(this.#connections.run(text, values, deadline, true));
    };
    return { ready, run };
  }

  async check(): Promise<void> {
    await this.#ask('select 1');
    await Promise.all(this.#tables.map((ready) => ready()));
  }

  async note(name: string, next: (known: string | null) => string): Promise<void> {
    await sqlErrorsAway(new Notes(this.#connections).exchange(name, next));
  }

  /** Removes what is over now; it also happens by itself every minute. */
  async tidy(): Promise<void> {
    await this.#sweeps.run();
  }

  async close(): Promise<void> {
    await this.#sweeps.stop();
    await new Deadline(CLOSE_PATIENCE).race(Promise.all(this.#engines.map((engine) => engine.flush())), null);
    await this.#connections.close();
  }

  /** What is acknowledged is lost in a crash when the server does not wait for its disk. */
  async #warnOfLosses(): Promise<void> {
    for (const setting of ['synchronous_commit', 'fsync']) {
      const value = await this.#ask(`show ${setting}`).then(
        ({ rows }) => rows[0]?.[0],
        // PostgreSQL's relatives do not all have these settings, nor this way to lose anything.
        () => null,
      );
      if (value === 'off')
        this.#warn(
          `PostgreSQL (${this.#target.label}) has ${setting} off: a crash of it loses what was answered last`,
        );
    }
  }

  async #ask(text: string): Promise<Rows> {
    return sqlErrorsAway(this.#connections.run(text, [], new Deadline(), true));
  }

  /** Does the work with a connection of its own, which may take as long as an index of a large table takes. */
  async #inSchema(work: (schema: Schema) => Promise<void>): Promise<void> {
    const connections = new Connections({ ...this.#target, connections: 1, statementTimeout: 0 }, () => {});
    try {
      await sqlErrorsAway(work(new Schema(connections)));
    } finally {
      await connections.close();
    }
  }
}

/** Does it once, and again only after a failure. */
function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | null = null;
  return async () =>
    (done ??= work().catch((error: unknown) => {
      done = null;
      throw error;
    }));
}

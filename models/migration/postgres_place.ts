import { AFTER, TABLE } from '../audit/table_sql.js';
import { PostgresReader } from '../engine/postgres/postgres_reader.js';
import { PostgresStore } from '../engine/postgres/postgres_store.js';
import { parsePostgresUrl } from '../engine/postgres/postgres_url.js';
import { tableName } from '../engine/postgres/names.js';
import type { StoredRecord } from '../engine/storage_engine.js';
import { tableOf } from '../storage.js';
import { TRAIL, TrailRecords } from './trail.js';
import { writeTrailTable } from './trail_writers.js';
import { SLICE, type Model, type Place, type PlaceOptions, type Writer } from './place.js';

/** A PostgreSQL database. Until something is written, nothing in it is made or changed. */
export class PostgresPlace implements Place {
  readonly label: string;
  readonly identity: string;
  readonly #url: string;
  readonly #reader: PostgresReader;
  readonly #warn: (message: string) => void;
  #store: PostgresStore | null = null;

  private constructor(url: string, reader: PostgresReader, { warn }: PlaceOptions) {
    const { label, parameters } = parsePostgresUrl(url);
    this.label = `PostgreSQL at ${label}`;
    // The same database with another search_path has other tables.
    this.identity = `postgres ${label} ${parameters['options'] ?? ''}`;
    this.#url = url;
    this.#reader = reader;
    this.#warn = warn;
  }

  /** @throws PostgresUrlError, StorageUnavailableError, StorageVersionError. */
  static async open(url: string, options: PlaceOptions): Promise<PostgresPlace> {
    return new PostgresPlace(url, await PostgresReader.open({ url, warn: options.warn }), options);
  }

  async isThere(): Promise<boolean> {
    return this.#reader.isThere();
  }

  read(model: Model): AsyncIterable<readonly StoredRecord[]> {
    return model === TRAIL ? this.#trail() : this.#reader.slices(tableOf(model), SLICE);
  }

  async count(model: Model): Promise<number | null> {
    // Of very many it takes longer than a question may.
    return model === TRAIL ? null : this.#reader.count(tableOf(model)).catch(() => null);
  }

  async write(model: Model, work: (writer: Writer) => Promise<void>): Promise<void> {
    const store = await this.#opened();
    if (model === TRAIL) return writeTrailTable(store, work);
    const engine = store.engine(tableOf(model));
    await store.check();
    await work(engine);
    await engine.flush();
  }

  async note(name: string): Promise<string | null> {
    return this.#reader.note(name);
  }

  async leaveNote(name: string, text: string): Promise<void> {
    await (await this.#opened()).note(name, (known) => known ?? text);
  }

  howToEmpty({ name }: Model): string {
    return `drop the table ${name === TRAIL.name ? TABLE : tableName(name)} and its line in gatehouse_meta, or take another database or schema`;
  }

  async close(): Promise<void> {
    await this.#store?.close();
    await this.#reader.close();
  }

  async *#trail(): AsyncGenerator<readonly StoredRecord[]> {
    const records = new TrailRecords();
    let place = { at: -1, tie: -1 };
    for (;;) {
      const rows = await this.#reader.rows(TABLE, AFTER, [place.at, place.tie, SLICE]);
      const lines = rows.map(([at, , text]) => ({ at: Number(at), text: String(text) }));
      if (lines.length > 0) yield lines.map((line) => records.of(line));
      const [at, tie] = rows.at(-1) ?? [];
      if (rows.length < SLICE) return;
      place = { at: Number(at), tie: Number(tie) };
    }
  }

  async #opened(): Promise<PostgresStore> {
    return (this.#store ??= await PostgresStore.open({ url: this.#url, warn: this.#warn }));
  }
}

import type { Index, StoredRecord } from '../storage_engine.js';
import type { Rows, Value } from './connections.js';
import { Deadline } from './deadline.js';
import { LookUps } from './look_ups.js';
import { arrayText, idKey, indexKey } from './names.js';
import type { Removals } from './removals.js';
import type { TableAccess } from './table_access.js';

/** Everything that asks for records and changes none. */
export class TableReads {
  readonly #table: TableAccess;
  readonly #removals: Removals;
  readonly #byId: LookUps<StoredRecord | null>;
  readonly #byKey: ReadonlyMap<string, readonly [Index, LookUps<readonly StoredRecord[]>]>;

  constructor(table: TableAccess, removals: Removals) {
    this.#table = table;
    this.#removals = removals;
    this.#byId = new LookUps(async (ids, deadline) => this.#loadByIds(ids, deadline), null);
    this.#byKey = new Map(
      table.options.indexes.map((index) => {
        const lookUps = new LookUps(async (keys, deadline) => this.#loadByKeys(index, keys, deadline), []);
        return [index.attribute, [index, lookUps]];
      }),
    );
  }

  async get(id: string): Promise<StoredRecord | null> {
    return this.#removals.has(id) ? null : this.#byId.ask(idKey(id));
  }

  async find(attribute: string, value: string): Promise<readonly StoredRecord[]> {
    const [index, lookUps] = this.#byKey.get(attribute) ?? [];
    if (!index || !lookUps) throw new Error(`no index on ${attribute}`);
    const isHidden = this.#removals.now();
    const records = await lookUps.ask(indexKey(index, value));
    return records.filter(({ id }) => !isHidden(id));
  }

  async *slices(size: number): AsyncGenerator<readonly StoredRecord[]> {
    let seq: Value = 0;
    for (;;) {
      const { rows } = await this.#after(seq, size);
      if (rows.length > 0) yield rows.map(([, text]) => this.#table.recordIn(text));
      if (rows.length < size) return;
      seq = rows.at(-1)?.[0] ?? null;
    }
  }

  async page(size: number, after?: string): Promise<readonly StoredRecord[] | null> {
    const first = after === undefined ? 0 : await this.#seqOf(after);
    if (first === null) return null;
    const { rows } = await this.#after(first, size);
    return rows.map(([, text]) => this.#table.recordIn(text));
  }

  async count(): Promise<number> {
    const values = [this.#table.now(), this.#removals.text()];
    const { rows } = await this.#table.read(this.#table.sql.count, values, new Deadline());
    return Number(rows[0]?.[0]);
  }

  async #seqOf(id: string): Promise<Value> {
    if (this.#removals.has(id)) return null;
    const { rows } = await this.#table.read(
      this.#table.sql.one,
      [idKey(id), this.#table.now()],
      new Deadline(),
    );
    return rows[0]?.[0] ?? null;
  }

  async #after(seq: Value, size: number): Promise<Rows> {
    const values = [seq, this.#table.now(), size, this.#removals.text()];
    return this.#table.read(this.#table.sql.after, values, new Deadline());
  }

  async #loadByIds(ids: readonly string[], deadline: Deadline): Promise<ReadonlyMap<string, StoredRecord>> {
    const values = [arrayText(ids), this.#table.now()];
    const { rows } = await this.#table.read(this.#table.sql.byIds, values, deadline);
    return new Map(rows.map(([id, text]) => [String(id), this.#table.recordIn(text)]));
  }

  async #loadByKeys(
    index: Index,
    keys: readonly string[],
    deadline: Deadline,
  ): Promise<ReadonlyMap<string, readonly StoredRecord[]>> {
    const values = [arrayText(keys), this.#table.now()];
    const { rows } = await this.#table.read(this.#table.sql.byKeys(index), values, deadline);
    const found = new Map<string, StoredRecord[]>();
    for (const [key, text] of rows) {
      const records = found.get(String(key)) ?? [];
      records.push(this.#table.recordIn(text));
      found.set(String(key), records);
    }
    return found;
  }
}

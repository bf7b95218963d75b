import {
  StorageUnavailableError,
  type StorageEngine,
  type StoredRecord,
} from '../../models/engine/storage_engine.js';
import { MemoryEngine } from '../../models/engine/memory_engine.js';
import { slicesOf } from '../../models/engine/table.js';
import { SLICE, type Model, type Place } from '../../models/migration/place.js';
import type { RecordsByModel } from './all_records.js';

/** A place in memory, whose writes can be made to fail. */
export class MemoryPlace implements Place {
  readonly label = 'memory';
  readonly identity = 'memory';
  /** Everything that was asked of its engines, as `put a`. */
  readonly writes: string[] = [];
  /** Which writes succeed; the others fail as those to a store that is away do. */
  succeeds: (write: string, number: number) => boolean = () => true;
  readonly #engines = new Map<string, MemoryEngine>();

  constructor(records: RecordsByModel = {}) {
    for (const [model, list] of Object.entries(records)) this.fill(model, list);
  }

  fill(model: string, records: readonly StoredRecord[]): void {
    for (const record of records) void this.#engine({ name: model, indexes: [] }).put(record);
  }

  async remove(model: Model, id: string): Promise<void> {
    await this.#engine(model).delete(id);
  }

  async all(model: Model): Promise<readonly StoredRecord[]> {
    return this.#engine(model).all();
  }

  async isThere(): Promise<boolean> {
    return true;
  }

  async *read(model: Model): AsyncGenerator<readonly StoredRecord[]> {
    yield* slicesOf(await this.all(model), SLICE);
  }

  async count(): Promise<null> {
    return null;
  }

  async write(model: Model, work: (engine: StorageEngine) => Promise<void>): Promise<void> {
    const engine = this.#engine(model);
    const tried = async <T>(write: string, real: () => Promise<T>): Promise<T> => {
      if (!this.succeeds(write, this.writes.push(write))) throw new StorageUnavailableError('it is away');
      return real();
    };
    const put = (record: StoredRecord) => tried(`put ${record.id}`, () => engine.put(record));
    const remove = (id: string) => tried(`delete ${id}`, () => engine.delete(id));
    await work(Object.assign(Object.create(engine) as StorageEngine, { put, delete: remove }));
  }

  async note(): Promise<null> {
    return null;
  }

  async leaveNote(): Promise<void> {}

  howToEmpty(): string {
    return 'forget it';
  }

  async close(): Promise<void> {}

  #engine({ name, indexes }: Pick<Model, 'name' | 'indexes'>): MemoryEngine {
    const known = this.#engines.get(name) ?? new MemoryEngine({ indexes });
    this.#engines.set(name, known);
    return known;
  }
}

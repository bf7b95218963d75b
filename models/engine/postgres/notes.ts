import type { Connections } from './connections.js';
import { Deadline } from './deadline.js';

/** The table of what is to be known of the whole database. */
export const META = 'gatehouse_meta';

/** Short texts by name. */
export class Notes {
  readonly #connections: Connections;

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  /** @throws SqlError when there is no such table yet; StorageUnavailableError. */
  async read(name: string, deadline = new Deadline()): Promise<string | null> {
    const { rows } = await this.#connections.run(
      `select value from ${META} where name = $1`,
      [name],
      deadline,
      true,
    );
    const value = rows[0]?.[0];
    return typeof value === 'string' ? value : null;
  }

  /** Replaces a text by what `next` makes of it; asks again when another process was faster. */
  async exchange(name: string, next: (known: string | null) => string): Promise<void> {
    const deadline = new Deadline();
    for (;;) {
      const known = await this.read(name, deadline);
      const value = next(known);
      if (value === known) return;
      const { count } =
        known === null
          ? await this.#connections.run(
              `insert into ${META} (name, value) values ($1, $2) on conflict (name) do nothing`,
              [name, value],
              deadline,
              false,
            )
          : await this.#connections.run(
              `update ${META} set value = $2 where name = $1 and value = $3`,
              [name, value, known],
              deadline,
              false,
            );
      if (count > 0) return;
    }
  }
}

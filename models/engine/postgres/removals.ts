import { arrayText, idKey } from './names.js';

/** The records that are being removed by this process: nobody who asks from now on is shown them. */
export class Removals {
  /** How many removals of an id are under way. */
  readonly #ids = new Map<string, number>();

  /** @returns what says that it is over, whatever came of it. */
  add(id: string): () => void {
    this.#ids.set(id, (this.#ids.get(id) ?? 0) + 1);
    return () => {
      const others = (this.#ids.get(id) ?? 1) - 1;
      if (others === 0) this.#ids.delete(id);
      else this.#ids.set(id, others);
    };
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** Tells what is hidden now, also when it is asked later. */
  now(): (id: string) => boolean {
    if (this.#ids.size === 0) return () => false;
    const ids = new Set(this.#ids.keys());
    return (id) => ids.has(id);
  }

  /** What is hidden now, as a list for the server. */
  text(): string {
    return arrayText([...this.#ids.keys()].map(idKey));
  }
}

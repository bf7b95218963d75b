/**
 * A Map with text keys that never stops everything to grow: V8 places all entries of a Map again whenever it doubles,
 * at a million for a fifth of a second. Here the first two characters of a key say in which of many Maps it is; ids
 * are random, so that they spread evenly.
 */
export class SplitMap<T> {
  readonly #parts = new Map<number, Map<string, T>>();

  get(key: string): T | undefined {
    return this.#parts.get(partOf(key))?.get(key);
  }

  set(key: string, value: T): void {
    const number = partOf(key);
    let part = this.#parts.get(number);
    if (!part) this.#parts.set(number, (part = new Map()));
    part.set(key, value);
  }

  delete(key: string): void {
    this.#parts.get(partOf(key))?.delete(key);
  }

  /** The entries in lists of less than a hundredth of all: what may be looked at in one go. */
  *slices(): Iterable<[string, T][]> {
    for (const part of this.#parts.values()) yield [...part];
  }
}

function partOf(key: string): number {
  return (key.charCodeAt(0) << 16) | key.charCodeAt(1);
}

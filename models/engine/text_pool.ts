/** Timestamps have this length; those of one record are often the same. */
const TIMESTAMP = 24;
/** Shorter texts repeat from record to record: names of devices, roles, parts of addresses. */
const MOST_TEXTS = 1024;

/**
 * Lets records share texts that are equal: a million sessions made at login would otherwise hold four million
 * timestamps and as many names of the same few devices.
 */
export class TextPool {
  readonly #texts = new Map<string, string>();

  /** The same record with shared texts; it must be the caller's own and not be frozen yet. */
  share<T extends object>(record: T): T {
    const values = record as Record<string, unknown>;
    let timestamp = '';
    for (const name in values) {
      const value = values[name];
      if (typeof value !== 'string' || value.length > TIMESTAMP) continue;
      if (value.length < TIMESTAMP) values[name] = this.#pooled(value);
      else if (value === timestamp) values[name] = timestamp;
      else timestamp = value;
    }
    return record;
  }

  #pooled(text: string): string {
    const known = this.#texts.get(text);
    if (known === undefined && this.#texts.size < MOST_TEXTS) this.#texts.set(text, text);
    return known ?? text;
  }
}

import { hash } from 'node:crypto';

/**
 * The names of a model's keys in Redis. What varies stands in braces, a hash tag, as a hash of fixed length: on a
 * cluster a model's records spread over all nodes, and nothing that people typed becomes part of a key.
 */
export class Keys {
  readonly #start: string;

  /** @throws Error when the prefix has signs that mean something in a key or pattern. */
  constructor(prefix: string, model: string) {
    if (/[^\w:.-]/.test(prefix)) throw new Error('a prefix of keys has letters, digits and _ : . - only');
    this.#start = `${prefix}${model}`;
  }

  /** Where a record is that is found by its unique value; hashed so that it cannot meet a place by id. */
  placeOfValue(value: string): string {
    return hash('sha256', `value:${value}`, 'base64url');
  }

  /** Where a record is that has no unique value. */
  placeOfId(id: string): string {
    return hash('sha256', `id:${id}`, 'base64url');
  }

  /** The key of the record at a place. */
  record(place: string): string {
    return `${this.#start}:record:{${place}}`;
  }

  /** The key that says at which place the record with an id is. */
  pointer(id: string): string {
    return `${this.#start}:id:{${this.placeOfId(id)}}`;
  }

  /** The key of the places of all records with this value of a plain index. */
  index(attribute: string, value: string): string {
    return `${this.#start}:by:${attribute}:{${hash('sha256', value, 'base64url')}}`;
  }

  /** The pattern that the keys of all records match, and no others. */
  get allRecords(): string {
    return `${this.#start}:record:{*`;
  }

  /** The place in a record's key. */
  placeIn(key: string): string {
    return key.slice(this.record('').length - 1, -1);
  }
}

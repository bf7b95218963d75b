import { hash } from 'node:crypto';
import type { Index } from '../storage_engine.js';

/** Texts that are kept as they are where an id stands: all that this program makes. */
const PLAIN_ID = /^[\w-]{1,64}$/;
const ATTRIBUTE = /^[a-z][a-z_]{0,30}$/;

/**
 * A text of fixed length that stands for any other one. PostgreSQL's texts cannot hold NUL, and its indexes nothing
 * long; JSON tells apart also what UTF-8 cannot (lone surrogates).
 */
export function digestKey(text: string): string {
  return hash('sha256', JSON.stringify(text), 'base64url');
}

/** What stands in the column `id`: the id, or a digest of one that is no plain word, with a mark no plain word has. */
export function idKey(id: string): string {
  return PLAIN_ID.test(id) ? id : `~${digestKey(id)}`;
}

/** What an index compares of a value. */
export function indexKey(index: Index, value: string): string {
  return digestKey(index.key ? index.key(value) : value);
}

/** `UserSession` is kept in `gatehouse_user_session`. */
export function tableName(model: string): string {
  if (!/^[A-Z][A-Za-z]{0,30}$/.test(model)) throw new Error(`${model} is no name for a table`);
  return `gatehouse${model.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
}

/** The column that holds an index's keys. */
export function columnOf({ attribute }: Index): string {
  if (!ATTRIBUTE.test(attribute)) throw new Error(`${attribute} is no name for a column`);
  return `key_${attribute}`;
}

/** The server names it when a unique value is taken. */
export function constraintOf(table: string, index: Index): string {
  return `${table}_${columnOf(index)}`;
}

/** A list as PostgreSQL reads it. */
export function arrayText(texts: readonly (string | null)[]): string {
  const quoted = texts.map((text) => (text === null ? 'null' : `"${text.replaceAll(/["\\]/g, '\\$&')}"`));
  return `{${quoted.join(',')}}`;
}

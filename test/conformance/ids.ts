import { REQUIREMENTS } from './requirements.js';

const NUMBER = /^V\d+\.\d+\.\d+/;
const RANGE = /^(V\d+\.\d+\.)(\d+)(?: to |–)V\d+\.\d+\.(\d+)/;
const BETWEEN = /^(?:, | and | |: )/;
/** What has a name instead of a number. */
const NAMES = REQUIREMENTS.flatMap(({ ids }) => ids).filter((id) => !id.startsWith('V'));

/** The requirements that a title, of a suite or a test, begins with: `V6.1.2, V6.2.11 refuses …`, `V3.4.3 to V3.4.8 …`. */
export function idsOf(title: string): string[] {
  const [ids, length] = firstOf(title);
  if (length === 0) return [];
  const rest = title.slice(length);
  return [...ids, ...idsOf(rest.slice(BETWEEN.exec(rest)?.[0].length ?? rest.length))];
}

/** The first of them, or all of a range, and how long it is as text. */
function firstOf(title: string): [ids: string[], length: number] {
  const [range, chapter = '', from, to] = RANGE.exec(title) ?? [];
  if (range !== undefined) {
    const count = Number(to) - Number(from) + 1;
    return [Array.from({ length: count }, (_, index) => `${chapter}${Number(from) + index}`), range.length];
  }
  const id = NUMBER.exec(title)?.[0] ?? NAMES.find((name) => title.startsWith(name));
  return id === undefined ? [[], 0] : [[id], id.length];
}

/** Whether a number of a requirement, or all that begin like it, means this one. */
export function means(id: string, found: string): boolean {
  return id.endsWith('.x') ? found.startsWith(id.slice(0, -1)) : found === id;
}

import { idsOf, means } from './ids.js';
import type { Outcome } from './reporter.js';
import { REQUIREMENTS, type Requirement } from './requirements.js';

/** A requirement and how it stands. */
export interface Line extends Requirement {
  readonly status: 'pass' | 'fail' | 'missing' | 'reason';
  /** In words: the counts, what is missing, or the reason. */
  readonly result: string;
  /** The source files, from `test/`, with tests that name it. */
  readonly files: readonly string[];
}

/** How every requirement stands after a run of all tests. */
export function judge(outcomes: readonly Outcome[]): Line[] {
  const named = outcomes
    .map((outcome) => ({ ...outcome, ids: outcome.titles.flatMap(idsOf) }))
    .filter(({ ids, state }) => ids.length > 0 && state !== 'pending');
  return REQUIREMENTS.map((requirement) => {
    const own = named.filter(({ ids }) =>
      requirement.ids.some((id) => ids.some((found) => means(id, found))),
    );
    const without = requirement.ids.filter(
      (id) => !own.some(({ ids, state }) => state === 'pass' && ids.some((found) => means(id, found))),
    );
    const files = [...new Set(own.map(({ file }) => sourceOf(file)))].toSorted();
    return { ...requirement, ...verdict(requirement, own, without), files };
  });
}

/** Numbers in titles that no line has: a slip of the pen, or a line to be added. */
export function strangers(outcomes: readonly Outcome[]): string[] {
  const found = new Set(outcomes.flatMap(({ titles }) => titles.flatMap(idsOf)));
  const known = REQUIREMENTS.flatMap(({ ids }) => ids);
  return [...found].filter((id) => !known.some((one) => means(one, id))).toSorted();
}

function verdict(
  { reason }: Requirement,
  own: readonly Outcome[],
  without: readonly string[],
): Pick<Line, 'status' | 'result'> {
  const failed = own.filter(({ state }) => state === 'fail').length;
  const counts = `${own.length - failed} pass${failed > 0 ? `, ${failed} FAIL` : ''}`;
  if (failed > 0) return { status: 'fail', result: counts };
  if (without.length === 0) return { status: 'pass', result: counts };
  if (reason !== null) return { status: 'reason', result: reason };
  return { status: 'missing', result: `MISSING ${without.join(', ')}` };
}

/** Whether a line is one that must pass, and does not. */
export function isBroken({ scope, status }: Line): boolean {
  return status === 'fail' || (status === 'missing' && (scope === 'in' || scope === 'doc'));
}

function sourceOf(file: string): string {
  return file
    .replaceAll('\\', '/')
    .replace(/^.*\/dist\/test\//, '')
    .replace(/\.js$/, '.ts');
}

import { SERVERS, STORE } from '../support/stores.js';

/**
 * The tests of the suites that `npm run test:stores` cannot run on every arrangement, and why: the one place where they
 * are left out.
 */
const APART: readonly Apart[] = [];

interface Apart {
  /** The beginning or a part of the full title. */
  readonly title: RegExp;
  readonly reason: string;
  /** False for an arrangement that it can be run on. */
  readonly isApart?: () => boolean;
}

/** For every test: skips it, saying why, where it cannot be run; see setup.ts. */
export function skipApart(this: Mocha.Context): void {
  if (STORE === 'memory' && SERVERS === 1) return;
  const test = this.currentTest;
  const apart = APART.find(({ title, isApart = () => true }) => title.test(test?.fullTitle() ?? '') && isApart());
  if (!test || !apart) return;
  test.title += ` (skipped: ${apart.reason})`;
  this.skip();
}

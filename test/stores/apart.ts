import { STORE } from '../support/stores.js';

const isShared = STORE !== 'file';

/**
 * The tests among the suites of `npm run test:stores` that do not hold on some arrangement, and why: the one place
 * where any are left out. The task list leaves out the commands that look at files; see lacks() in run_page.ts.
 */
const APART: readonly Apart[] = [
  {
    title: /^an ended session under \w+ (?:V14\.2\.7 )?is removed by a sweep/,
    reason: 'a store on a server removes what has ended by itself',
    isApart: isShared,
  },
  {
    title: /^the memory of basic_auth /,
    reason: 'it counts hashes and remembered headers, of which each server has its own',
    isApart: isShared,
  },
  {
    title:
      /^SESSION_IDLE under \w+ (?:V7\.3\.1 ends a session that nobody uses, to the|does not count requests with)/,
    reason: 'where servers may share sessions, one that nobody uses lives for a tenth of the limit longer',
    isApart: isShared,
  },
  {
    title: /^an account that must wait is forgotten with a removal/,
    reason: 'entries that servers share are void by a count of unlocks, and run out by themselves',
    isApart: isShared,
  },
  {
    title: /^V3\.5\.3 reading writes nothing/,
    reason: 'it compares the files of a folder of its own',
    isApart: isShared,
  },
  {
    title: /^use of a session under \w+ /,
    reason: 'it counts the writes of one server, and binds the model to memory for it',
  },
];

interface Apart {
  /** What the full title begins with. */
  readonly title: RegExp;
  readonly reason: string;
  /** False where it holds; it is left out everywhere unless this says so. */
  readonly isApart?: boolean;
}

/** For every test: skips it, saying why, where it does not hold; see setup.ts. */
export function skipApart(this: Mocha.Context): void {
  const test = this.currentTest;
  if (!test || STORE === 'memory') return;
  const apart = APART.find(({ title, isApart = true }) => isApart && title.test(test.fullTitle()));
  if (!apart) return;
  test.title += ` (skipped: ${apart.reason})`;
  this.skip();
}

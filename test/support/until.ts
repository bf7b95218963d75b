import { setImmediate as nextTurn } from 'node:timers/promises';

/** Milliseconds, more than any test may take: a test that has failed must not keep its process busy for ever. */
const PATIENCE = 120_000;

/** Lets everything else go on until the condition holds; the test's own timeout comes first if it never does. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + PATIENCE;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error('what was waited for never came');
    await nextTurn();
  }
}

/** Lets everything else go on for a while: what is already on its way over a local connection arrives meanwhile. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await nextTurn();
}

import { setImmediate as nextTurn } from 'node:timers/promises';

/** Lets everything else go on until the condition holds; the test's own timeout ends it if it never does. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await nextTurn();
}

/** Lets everything else go on for a while: what is already on its way over a local connection arrives meanwhile. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await nextTurn();
}

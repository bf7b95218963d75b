/** Errors that are told in words. */
const EXAMPLES = 10;

/** What was done, and what was answered otherwise than it must be. */
export class Tally {
  operations = 0;
  readonly done: Record<string, number> = {};
  errors = 0;
  /** The first errors. */
  readonly examples: string[] = [];

  count(what: string): void {
    this.operations += 1;
    this.done[what] = (this.done[what] ?? 0) + 1;
  }

  expect(isRight: boolean, otherwise: string): void {
    if (isRight) return;
    this.errors += 1;
    if (this.examples.length < EXAMPLES) this.examples.push(otherwise);
  }
}

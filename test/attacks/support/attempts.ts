/**
 * What came of an attempt. `refused` and `got in` are for attacks. `works` and `broken` are for their honest
 * counterparts: where the owner's own cookie is refused too, refusing the thief's proves nothing. `noted` is a fact
 * for people to judge, `skipped` what this server cannot be tried with.
 */
export type Outcome = 'refused' | 'got in' | 'works' | 'broken' | 'noted' | 'skipped';

export interface Attempt {
  /** What was tried, in a few words. */
  readonly trick: string;
  readonly outcome: Outcome;
  /** What the server answered, or why it was skipped. */
  readonly detail: string;
}

/** What an attack found out so far. */
export class Attempts {
  readonly list: Attempt[] = [];

  /** A trick that must fail. */
  attack(trick: string, gotIn: boolean, detail: string): void {
    this.list.push({ trick, outcome: gotIn ? 'got in' : 'refused', detail });
  }

  /** The same done honestly, which must work. */
  control(trick: string, works: boolean, detail: string): void {
    this.list.push({ trick, outcome: works ? 'works' : 'broken', detail });
  }

  note(trick: string, detail: string): void {
    this.list.push({ trick, outcome: 'noted', detail });
  }

  skip(trick: string, why: string): void {
    this.list.push({ trick, outcome: 'skipped', detail: why });
  }
}

import { writeFileSync } from 'node:fs';

/** What became of a test, or of a hook that failed. */
export interface Outcome {
  /** The titles of the suites around it and its own. */
  readonly titles: readonly string[];
  /** The compiled file. */
  readonly file: string;
  readonly state: 'pass' | 'fail' | 'pending';
}

interface Runnable {
  readonly file?: string;
  titlePath(): string[];
}

/** Tells mocha's events; see mocha's own reporters. */
interface Events {
  on(event: 'end', listener: () => void): this;
  on(event: Outcome['state'], listener: (test: Runnable, error?: Error) => void): this;
}

/**
 * Writes every outcome to the file of the reporter option `output`: mocha's JSON reporter joins the titles. Mocha takes a
 * default export only, and calls it with `new`.
 */
export default function outcomeReporter(
  runner: Events,
  { reporterOption }: { readonly reporterOption: { readonly output: string } },
): void {
  const outcomes: Outcome[] = [];
  const note = (state: Outcome['state'], test: Runnable): void => {
    outcomes.push({ titles: test.titlePath(), file: test.file ?? '', state });
    if (outcomes.length % 100 === 0) process.stdout.write('.');
  };
  runner
    .on('pass', (test) => note('pass', test))
    .on('pending', (test) => note('pending', test))
    .on('fail', (test, error) => {
      note('fail', test);
      process.stdout.write(`\n${test.titlePath().join(' ')}\n${error?.stack ?? ''}\n`);
    })
    .on('end', () => {
      process.stdout.write('\n');
      writeFileSync(reporterOption.output, JSON.stringify(outcomes));
    });
}

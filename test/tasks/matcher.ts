/** Stands for anything: on a line for any text, alone on a line for any lines. */
const ANYTHING = '…';

/** Where output differs from what a page expects. */
export interface Mismatch {
  /** The expected line, counted from 0; their number when the output goes on after the last. */
  readonly index: number;
  readonly message: string;
}

/** The lines of a text; how it ends, and spaces at the ends of lines, make no difference. */
export function linesOf(text: string): string[] {
  const lines = text.split('\n').map((line) => line.trimEnd());
  while (lines.at(-1) === '') lines.pop();
  return lines;
}

/** Compares output with expected lines; null when it is as expected. */
export function findMismatch(expected: readonly string[], output: readonly string[]): Mismatch | null {
  // Every number of output lines that the expected lines so far can stand for.
  let reached = [0];
  for (const [index, pattern] of expected.entries()) {
    const next =
      pattern === ANYTHING
        ? range(reached[0] ?? 0, output.length)
        : reached.filter((at) => fits(pattern, output[at])).map((at) => at + 1);
    if (next.length === 0) {
      const got = shown(output[reached[0] ?? 0]);
      const where = expected[index - 1] === ANYTHING ? `got no such line from: ${got}` : `got ${got}`;
      return { index, message: `expected ${pattern}\n${where}` };
    }
    reached = next;
  }
  if (reached.includes(output.length)) return null;
  return {
    index: expected.length,
    message: `expected nothing more\ngot ${shown(output[reached.at(-1) ?? 0])}`,
  };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

function fits(pattern: string, line: string | undefined): boolean {
  const parts = pattern.split(ANYTHING).map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return line !== undefined && new RegExp(`^${parts.join('.*')}$`, 's').test(line);
}

function shown(line: string | undefined): string {
  return line ?? '(nothing)';
}

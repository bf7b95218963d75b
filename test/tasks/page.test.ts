import { expect } from 'chai';
import { isCheck, PageError, parsePage } from './page.js';

/** The line at which a page is refused; undefined when it is not. */
function refusedAt(...lines: string[]): number | undefined {
  try {
    parsePage(lines.join('\n'));
    return undefined;
  } catch (error) {
    return error instanceof PageError ? error.line : undefined;
  }
}

describe('the parser of the task list', () => {
  it('reads files and commands with their output', () => {
    const page = '# Title\n\n```js file=a.mjs\n1;\n```\n```console speed=20\n$ a \\\n  b\nout\n\n$ c\n```\n';

    expect(parsePage(page)).to.deep.equal([
      { kind: 'file', name: 'a.mjs', text: '1;\n', line: 3 },
      { kind: 'command', text: 'a \\\n  b', expected: ['out', ''], line: 7, speed: 20 },
      { kind: 'command', text: 'c', expected: [], line: 11, speed: 20 },
    ]);
  });

  it('counts only commands whose output is looked at', () => {
    const steps = parsePage('```console\n$ a\n$ b\n…\n$ c\n …\n$ d\nx…\n```');

    expect(steps.map(isCheck)).to.deep.equal([false, false, false, true]);
  });

  it('refuses what would not be run', () => {
    expect(refusedAt('```consol', '$ a', '```')).to.equal(2);
    expect(refusedAt('```', 'text', '$ a', '```')).to.equal(3);
    expect(refusedAt('- item', '  ```console', '  $ a', '  ```')).to.equal(2);
    expect(refusedAt('~~~console', '$ a', '~~~')).to.equal(1);
    expect(refusedAt('````console', '$ a', '````')).to.equal(1);
    expect(refusedAt('```console', '$ a', 'x', '', 'More prose.')).to.equal(1);
    expect(refusedAt('```console', 'x', '$ a', '```')).to.equal(2);
    expect(refusedAt('```console', '```')).to.equal(1);
  });

  it('refuses words it does not know', () => {
    expect(refusedAt('```console sped=20', '$ a', '```')).to.equal(1);
    expect(refusedAt('```console speed=0', '$ a', '```')).to.equal(1);
    expect(refusedAt('```js flie=a.mjs', '1;', '```')).to.equal(1);
    expect(refusedAt('```js file=../a.mjs', '1;', '```')).to.equal(1);
  });
});

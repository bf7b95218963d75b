import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect } from 'chai';
import { DOCUMENT, documentText } from './document.js';
import { idsOf } from './ids.js';
import { isBroken, judge, strangers, type Line } from './report.js';
import type { Outcome } from './reporter.js';
import { REQUIREMENTS } from './requirements.js';

const SOURCES = resolve(import.meta.dirname, '../../../test');

function outcome(state: Outcome['state'], ...titles: string[]): Outcome {
  return { titles, state, file: '/somewhere/dist/test/api/some.test.js' };
}

/** How the line with this number stands after these outcomes. */
function lineOf(id: string, ...outcomes: Outcome[]): Line {
  const line = judge(outcomes).find(({ ids }) => ids.includes(id));
  if (!line) throw new Error(`no line has ${id}`);
  return line;
}

describe('the numbers in a title', () => {
  for (const [title, ids] of [
    ['V7.2.4 never adopts one', ['V7.2.4']],
    ['V6.1.2, V6.2.11 refuses it', ['V6.1.2', 'V6.2.11']],
    ['V6.2.2 V7.4.3 and V7.4.4 changes it', ['V6.2.2', 'V7.4.3', 'V7.4.4']],
    ['V3.4.3 to V3.4.6, V3.4.8 are on', ['V3.4.3', 'V3.4.4', 'V3.4.5', 'V3.4.6', 'V3.4.8']],
    ['SM no-URL ids: is not done by one', ['SM no-URL ids']],
    ['SM fixation, V7.2.4 never', ['SM fixation', 'V7.2.4']],
    ['V6.2.1', ['V6.2.1']],
    ['is as V7.2.4 says', []],
    ['V7 is no number', []],
    ['', []],
  ] as const) {
    it(`are ${ids.join(' ') || 'none'} for "${title}"`, () => {
      expect(idsOf(title)).to.deep.equal(ids);
    });
  }
});

describe('a line of the conformance table', () => {
  it('passes when each of its numbers has a test that passes, or a suite', () => {
    const line = lineOf(
      'V6.2.11',
      outcome('pass', 'V6.1.2 a policy', 'refuses'),
      outcome('pass', 'x', 'V6.2.11 too'),
    );

    expect(line).to.include({ status: 'pass', result: '2 pass' });
    expect(line.files).to.deep.equal(['api/some.test.ts']);
  });

  it('is missing a number without a test, which another number is not taken for', () => {
    const line = lineOf(
      'V6.2.11',
      outcome('pass', 'V6.1.2 a'),
      outcome('pass', 'V6.2.1 b'),
      outcome('pass', 'x V6.2.11'),
    );

    expect(line).to.include({ status: 'missing', result: 'MISSING V6.2.11' });
    expect(isBroken(line)).to.equal(true);
  });

  it('is not proved by a test that was left out', () => {
    expect(lineOf('V7.2.4', outcome('pending', 'V7.2.4 a')).status).to.equal('missing');
  });

  it('fails when any of its tests does', () => {
    const line = lineOf('V7.2.4', outcome('pass', 'V7.2.4 a'), outcome('fail', 'V7.2.4 b'));

    expect(line).to.include({ status: 'fail', result: '1 pass, 1 FAIL' });
    expect(isBroken(line)).to.equal(true);
  });

  it('may have a reason instead, and then no test; a feature that is not there needs none', () => {
    const later = lineOf('V6.2.12');
    const [option, written] = [lineOf('V9.1.1'), lineOf('V7.1.1')];

    expect(later).to.include({ status: 'reason', result: 'not there yet' });
    expect([later, option, written].map(isBroken)).to.deep.equal([false, false, true]);
  });

  it('may stand for all numbers that begin alike', () => {
    expect(lineOf('V16.2.x', outcome('pass', 'V16.2.3 a')).status).to.equal('pass');
    expect(lineOf('V16.2.x', outcome('pass', 'V16.3.3 a')).status).to.equal('missing');
  });

  it('is there for every number in a title, or the number is shown', () => {
    expect(
      strangers([outcome('pass', 'V6.2.1 a'), outcome('pass', 'V99.1.1 b'), outcome('pass', 'V16.2.9 c')]),
    ).to.deep.equal(['V99.1.1']);
  });
});

describe('docs/conformance.md', () => {
  const text = readFileSync(DOCUMENT, 'utf8');
  const rows = text
    .split('\n')
    .filter((line) => /^\| (?:V\d|SM|PS|RS)/.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()));

  it('has every line, in order', () => {
    const ids = rows.map(([, cell = '']) => cell);

    expect(ids).to.deep.equal(REQUIREMENTS.map((line) => line.ids.join(', ')));
  });

  it('names files with tests of these numbers', () => {
    for (const [, ids = '', , , , , files = ''] of rows) {
      for (const [, file = ''] of files.matchAll(/`([^`]+)`/g)) {
        const source = readFileSync(resolve(SOURCES, file), 'utf8');
        const stems = ids.split(', ').map((id) => id.replace(/\.x$/, '.'));
        const isNamed = stems.some((stem) => source.includes(stem)) || / to V\d/.test(source);
        expect(isNamed, `${ids} in ${file}`).to.equal(true);
      }
    }
  });

  it('is the same for the same outcomes, and ends with whole tables', async () => {
    const outcomes = [outcome('pass', 'V7.2.4 a'), outcome('fail', 'V6.2.1 b')];

    const [once, again] = [
      await documentText(judge(outcomes)),
      await documentText(judge(outcomes.toReversed())),
    ];

    expect(once).to.equal(again);
    expect(once).to.match(/\| V7\.2\.4 +\| 1 +\| in +\| .* \| 1 pass +\| `api\/some\.test\.ts` +\|\n/);
  });
});

import { expect } from 'chai';
import { findMismatch, linesOf } from './matcher.js';

/** Compares texts and tells which expected line is the first that does not fit; null when all do. */
function missIn(expected: string, output: string): number | null {
  return findMismatch(linesOf(expected), linesOf(output))?.index ?? null;
}

describe('the matcher of the task list', () => {
  it('accepts output that is as expected, whatever ends it', () => {
    expect(missIn('one\ntwo', 'one\ntwo')).to.equal(null);
    expect(missIn('one\ntwo\n', 'one\r\ntwo  \n\n')).to.equal(null);
    expect(missIn('', '')).to.equal(null);
  });

  it('names the first line that differs', () => {
    expect(missIn('one\ntwo', 'one\ntoo')).to.equal(1);
    expect(missIn('one', 'One')).to.equal(0);
    expect(missIn('one', ' one')).to.equal(0);
    expect(missIn('one', 'one more')).to.equal(0);
    expect(missIn('one\n\ntwo', 'one\ntwo')).to.equal(1);
  });

  it('refuses missing output', () => {
    expect(missIn('one\ntwo', 'one')).to.equal(1);
    expect(missIn('one', '')).to.equal(0);
    expect(missIn('{"a":"…"}', '')).to.equal(0);
  });

  it('refuses extra output', () => {
    expect(missIn('one', 'one\ntwo')).to.equal(1);
    expect(missIn('', 'one')).to.equal(0);
    expect(missIn('one', '\none')).to.equal(0);
  });

  it('takes … within a line for any text on that line', () => {
    expect(missIn('{"id":"…","n":1}', '{"id":"5f-0","n":1}')).to.equal(null);
    expect(missIn('a…', 'a')).to.equal(null);
    expect(missIn('{"id":"…","n":1}', '{"id":"5f-0","n":2}')).to.equal(0);
    expect(missIn('a…z', 'a\nz')).to.equal(0);
  });

  it('takes nothing else for a pattern', () => {
    expect(missIn('a.c [x]* (1) $', 'a.c [x]* (1) $')).to.equal(null);
    expect(missIn('a.c', 'abc')).to.equal(0);
    expect(missIn('a*', 'aaa')).to.equal(0);
  });

  it('takes a line of only … for any lines, also for none', () => {
    expect(missIn('one\n…\nnine', 'one\nnine')).to.equal(null);
    expect(missIn('one\n…\nnine', 'one\ntwo\n\nnine')).to.equal(null);
    expect(missIn('…\nnine', 'nine\neight\nnine')).to.equal(null);
    expect(missIn('one\n…', 'one')).to.equal(null);
    expect(missIn('…\nb\n…\nd', 'a\nb\nc\nd')).to.equal(null);
  });

  it('still wants every other line, in order and to the end', () => {
    expect(missIn('one\n…\nnine', 'one\ntwo')).to.equal(2);
    expect(missIn('…\nnine', 'nine\nten')).to.equal(2);
    expect(missIn('…\nb\n…\na\n…', 'a\nb\nc')).to.equal(3);
  });
});

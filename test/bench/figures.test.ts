import { expect } from 'chai';
import { AIMS, verdictOf, type Aim } from '../../bench/lib/aims.js';
import { median, medianRatio, quantile, rateOf } from '../../bench/lib/stats.js';
import { memoryOf } from '../../bench/soak/samples.js';

describe('the figures of a bench', () => {
  it('are medians, of which a slow round is not one', () => {
    expect(median([3, 100, 1, 2, 4])).to.equal(3);
    expect(median([4, 1, 3, 2])).to.equal(2);
    expect(median([])).to.be.NaN;
  });

  it('are ratios of what both sides did in the same round', () => {
    // A machine that is ten times slower in one round says nothing about either side.
    expect(medianRatio([200, 20, 200], [100, 10, 100])).to.equal(2);
    expect(medianRatio([200, 200], [])).to.be.NaN;
  });

  it('count what was done between the first and the last moment', () => {
    expect(rateOf([1000, 1500, 2000])).to.equal(2);
    expect(quantile([5, 1, 4, 2, 3], 0.5)).to.equal(3);
    expect(quantile([5, 1, 4, 2, 3], 0.99)).to.equal(5);
  });
});

describe('the table of aims', () => {
  const floor: Aim = { figure: '', what: '', must: 0.5, aim: 0.8, unit: '', isFloor: true };
  const ceiling: Aim = { figure: '', what: '', must: 3, aim: 1.5, unit: ' x', isFloor: false };

  it('has every limit on its right side: an aim is harder than a must', () => {
    for (const { what, must, aim, isFloor } of AIMS)
      expect(isFloor ? aim > must : aim < must, what).to.be.true;
  });

  it('tells what is reached, and what is missed or was not measured', () => {
    expect([0.8, 0.79, 0.5, 0.49].map((value) => verdictOf(floor, value))).to.deep.equal([
      'aim',
      'must',
      'must',
      'MISSED',
    ]);
    expect([1.5, 1.51, 3, 3.01].map((value) => verdictOf(ceiling, value))).to.deep.equal([
      'aim',
      'must',
      'must',
      'MISSED',
    ]);
    expect(verdictOf(floor, undefined)).to.equal('not measured');
    expect(verdictOf(floor, Number.NaN)).to.equal('not measured');
  });
});

describe('the memory of a soak', () => {
  const samples = (rssAt: (minute: number) => number) =>
    Array.from({ length: 61 }, (_, i) => ({ seconds: i * 10, rss: rssAt(i / 6), handles: 20 }));

  it('is flat when it only rises in the first minute', () => {
    const memory = memoryOf(samples((minute) => (minute < 1 ? 50 + 50 * minute : 100)));

    expect(memory).to.deep.equal({ first: 100, most: 100, least: 100, slope: 0, growth: 1 });
  });

  it('is not flat when it goes on rising', () => {
    const memory = memoryOf(samples((minute) => 100 + 2 * minute));

    expect(memory?.slope).to.be.closeTo(2, 1e-9);
    expect(memory?.growth).to.be.above(1.1);
    expect(memory?.most).to.equal(120);
  });

  it('is not judged by a minute alone', () => {
    expect(memoryOf(samples(() => 100).slice(0, 8))).to.equal(null);
  });
});

import { expect } from 'chai';
import { SplitMap } from '../../../../api/v1/auth/split_map.js';

describe('SplitMap', () => {
  it('is a Map, also for keys of one character or none', () => {
    const map = new SplitMap<number>();
    const keys = ['', 'a', 'aa', 'ab', 'abc', 'b', 'ba'];

    for (const [i, key] of keys.entries()) map.set(key, i);
    map.set('ab', 10);
    map.delete('abc');
    map.delete('unknown');

    expect(keys.map((key) => map.get(key))).to.deep.equal([0, 1, 2, 10, undefined, 5, 6]);
    expect([...map.slices()].flat().map(([key]) => key)).to.have.members(keys.filter((key) => key !== 'abc'));
  });

  it('keeps ids in many parts, so that none is long', () => {
    const map = new SplitMap<number>();

    for (let i = 0; i < 2560; i += 1) map.set((i % 256).toString(16).padStart(2, '0') + String(i), i);

    expect(Math.max(...[...map.slices()].map((slice) => slice.length))).to.equal(10);
  });
});

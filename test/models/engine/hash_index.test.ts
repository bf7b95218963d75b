import { expect } from 'chai';
import { UniqueIndex } from '../../../models/engine/hash_index.js';

/** More keys than several segments take, so that they have been doubled and split many times. */
const KEYS = 40_000;

describe('UniqueIndex', () => {
  it('finds every key of many and no other, while keys come, move and go', () => {
    const keys = Array.from({ length: KEYS }, (_, row) => `key-${row}`);
    const index = new UniqueIndex((row) => keys[row] ?? null);

    const added = keys.map((key, row) => index.add(row, key));
    const again = keys.map((key) => index.add(KEYS, key));
    for (let row = 0; row < KEYS; row += 3) index.remove(keys[row]!);
    for (let row = 1; row < KEYS; row += 3) {
      keys[row - 1] = keys[row]!;
      index.move(keys[row]!, row - 1);
    }

    expect(added.every((row) => row === -1)).to.equal(true);
    expect(again).to.deep.equal(Array.from({ length: KEYS }, (_, row) => row));
    for (let row = 0; row < KEYS; row += 1) {
      const expected = row % 3 === 0 ? -1 : row % 3 === 1 ? row - 1 : row;
      if (index.find(`key-${row}`) !== expected) expect.fail(`key-${row} is not at ${expected}`);
    }
  });
});

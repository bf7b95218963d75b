import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import { copyOf } from '../../../models/engine/record_copy.js';

setFlagsFromString('--allow-natives-syntax');
const haveSameShape = runInNewContext('(a, b) => %HaveSameMap(a, b)') as (a: object, b: object) => boolean;

describe('a copy of a record', () => {
  it('has the changes, but never another id', () => {
    const record = Object.freeze({ id: 'a', name: 'Ann', role: 'user' });

    const copy = copyOf(record, { id: 'b', name: 'Bea', age: 7 });

    expect(copy).to.deep.equal({ id: 'a', name: 'Bea', role: 'user', age: 7 });
  });

  it('keeps an attribute by any name', () => {
    const record = JSON.parse('{"id":"a","__proto__":{"role":"admin"}}') as { id: string };

    const copy = copyOf(record);

    expect(JSON.stringify(copy)).to.equal(JSON.stringify(record));
    expect(copy['role']).to.equal(undefined);
  });

  for (const [what, changes] of [
    ['as it is', {}],
    ['with changes', { name: 'Bea' }],
  ] as const) {
    it(`shares one hidden class with others once it is frozen, ${what}`, () => {
      // The first ones say nothing: V8 copies in another way until it has seen a few.
      const copies = Array.from({ length: 100 }, (_, i) =>
        Object.freeze(copyOf({ id: `${i}`, name: 'Ann' }, changes)),
      );

      expect(haveSameShape(copies.at(-2)!, copies.at(-1)!)).to.equal(true);
    });
  }
});

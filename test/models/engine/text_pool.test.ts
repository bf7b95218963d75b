import { expect } from 'chai';
import fc from 'fast-check';
import { TextPool } from '../../../models/engine/text_pool.js';

describe('TextPool', () => {
  it('changes no value, whatever a record holds', () => {
    const pool = new TextPool();
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (record) => {
        expect(pool.share({ ...record })).to.deep.equal(record);
      }),
    );
  });
});

import { createHmac, hkdfSync } from 'node:crypto';
import { expect } from 'chai';
import { Keys } from '../../../api/services/keys.js';

const OLD = Buffer.from('o'.repeat(32));
const NEW = Buffer.from('n'.repeat(32));

describe('Keys', () => {
  it('V11.1.1 derives a key for each purpose by HKDF-SHA256', () => {
    const expected = Buffer.from(hkdfSync('sha256', NEW, '', 'gatehouse csrf', 32));

    expect(new Keys([NEW]).subkey('csrf').keys).to.deep.equal([expected]);
    expect(new Keys([NEW]).subkey('device').keys).not.to.deep.equal([expected]);
  });

  it('signs under the newest and verifies under all', () => {
    const rotated = new Keys([NEW, OLD]).subkey('csrf');
    const before = new Keys([OLD]).subkey('csrf').sign('data');

    expect(rotated.sign('data')).to.deep.equal(
      createHmac('sha256', rotated.keys[0] ?? '')
        .update('data')
        .digest(),
    );
    expect(rotated.sign('data')).not.to.deep.equal(before);
    expect(rotated.verify('data', before)).to.equal(true);
    expect(rotated.verify('data', rotated.sign('data'))).to.equal(true);
    expect(new Keys([NEW]).subkey('csrf').verify('data', before)).to.equal(false);
  });

  it('takes no signature of another purpose, of other data, or of another length', () => {
    const keys = new Keys([NEW]);
    const signature = keys.subkey('csrf').sign('data');

    expect(keys.subkey('device').verify('data', signature)).to.equal(false);
    expect(keys.subkey('csrf').verify('other', signature)).to.equal(false);
    expect(keys.subkey('csrf').verify('data', signature.subarray(0, 31))).to.equal(false);
    expect(keys.subkey('csrf').verify('data', Buffer.alloc(0))).to.equal(false);
  });

  it('needs a key', () => {
    expect(() => new Keys([])).to.throw('there must be a key');
  });

  it('makes random ones for tests', () => {
    expect(Keys.random().subkey('x').sign('')).not.to.deep.equal(Keys.random().subkey('x').sign(''));
  });
});

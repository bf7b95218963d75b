import { expect } from 'chai';
import {
  HashQueueFullError,
  PASSWORD_MAX_BYTES,
  PasswordHasher,
  UnusablePasswordError,
} from '../../models/password.js';
import { PausedThreads } from '../support/paused_threads.js';

const FAST = { logN: 4, r: 8, p: 1 };

function hasher(options: Partial<ConstructorParameters<typeof PasswordHasher>[0]> = {}): PasswordHasher {
  return new PasswordHasher({ cost: FAST, parallel: 2, waiting: 8, ...options });
}

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => null,
    (error: unknown) => error,
  );
}

describe('PasswordHasher', () => {
  it('V11.4.2, PS cost: stores the parameters and a salt with the hash, at the default cost of the OWASP list', async () => {
    const stored = await hasher({ cost: { logN: 15, r: 8, p: 3 } }).hash('correct horse');
    const bytes = Buffer.from(stored, 'base64');

    expect(stored)
      .to.match(/^c2NyeXB0/)
      .and.have.length(128);
    expect([bytes[7], bytes.readUInt32BE(8), bytes.readUInt32BE(12)]).to.deep.equal([15, 8, 3]);
    expect(await hasher().hash('same')).to.not.equal(await hasher().hash('same'));
  });

  it('V6.2.8 verifies exactly what was typed: case, spaces at the ends, and every byte up to the limit', async () => {
    const long = 'x'.repeat(PASSWORD_MAX_BYTES - 1);
    const stored = await hasher().hash(`${long}1`);

    expect(await hasher().verify(`${long}1`, stored)).to.equal(true);
    for (const other of [`${long}2`, long, `${long}1`.toUpperCase()]) {
      expect(await hasher().verify(other, stored)).to.equal(false);
    }
    const spaced = await hasher().hash(' pass ');
    for (const other of ['pass', ' pass', 'pass '])
      expect(await hasher().verify(other, spaced)).to.equal(false);
    expect(await hasher().verify(' pass ', spaced)).to.equal(true);
  });

  it('takes the two ways of writing an accent for the same password (NFC)', async () => {
    const stored = await hasher().hash('caf\u00e9');

    expect(await hasher().verify('cafe\u0301', stored)).to.equal(true);
    expect(await hasher().verify('cafe', stored)).to.equal(false);
  });

  it('V6.2.9 takes 1,024 bytes and no more, counted in UTF-8', async () => {
    expect(await hasher().hash('é'.repeat(512))).to.have.length(128);
    expect(await rejection(hasher().hash('é'.repeat(513)))).to.be.instanceOf(UnusablePasswordError);
    expect(await hasher().verify('x'.repeat(1025), await hasher().hash('x'))).to.equal(false);
  });

  it('V6.2.8 takes no NUL, which scrypt could not tell from nothing at the end of a short password', async () => {
    expect(await rejection(hasher().hash('pw\0'))).to.be.instanceOf(UnusablePasswordError);
    expect(await hasher().verify('pw\0', await hasher().hash('pw'))).to.equal(false);
  });

  it('knows which hashes took less work than a new one would', async () => {
    const weak = await hasher().hash('x');
    const strong = hasher({ cost: { logN: 5, r: 8, p: 1 } });

    expect([hasher().needsRehash(weak), strong.needsRehash(weak)]).to.deep.equal([false, true]);
    expect(hasher().needsRehash(await strong.hash('x'))).to.equal(false);
    expect(hasher().needsRehash('nonsense')).to.equal(true);
  });

  it('says no to what is no hash, or to one that asks for absurd work, and never throws', async () => {
    const absurd = Buffer.from(await hasher().hash('x'), 'base64');
    absurd[7] = 30;
    const zero = Buffer.from(absurd);
    zero[7] = 0;
    for (const stored of [
      '',
      'x',
      'é',
      'A'.repeat(128),
      absurd.toString('base64'),
      zero.toString('base64'),
    ]) {
      expect(await hasher().verify('x', stored)).to.equal(false);
    }
  });

  it('V15.2.2 lets a bounded number wait and refuses the rest at once, saying when to try again', async () => {
    const slow = hasher({ cost: { logN: 13, r: 8, p: 1 }, parallel: 1, waiting: 3 });
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => slow.hash('x')));
    const refused = results
      .filter((result) => result.status === 'rejected')
      .map(({ reason }) => reason as Error);

    expect(refused).to.have.length(6);
    for (const error of refused)
      expect(error).to.be.instanceOf(HashQueueFullError).with.property('retryAfter').above(0);
    expect(await slow.hash('x'), 'places are given back').to.have.length(128);
  });

  it('lets one client hold half of the places at most', async () => {
    const slow = hasher({ cost: { logN: 13, r: 8, p: 1 }, parallel: 1, waiting: 8 });
    const flood = Array.from({ length: 10 }, () => rejection(slow.hash('x', '192.0.2.1')));
    const other = slow.hash('x', '192.0.2.2');

    const refused = (await Promise.all(flood)).filter((error) => error instanceof HashQueueFullError);
    expect(refused).to.have.length(6);
    expect(await other).to.have.length(128);
    expect(await slow.hash('x', '192.0.2.1'), 'places are given back').to.have.length(128);
  });

  it('computes as many at once as it may, and one less while the loop is busy, but always one', async () => {
    const threads = new PausedThreads();
    let use = 0;
    const wide = hasher({ parallel: 3, threads, loopUse: () => use });
    const hashes = Array.from({ length: 7 }, () => wide.hash('x'));

    expect(await threads.atWork()).to.equal(3);
    use = 0.5;
    threads.finishOne();
    expect(await threads.atWork(), 'what runs goes on, nothing takes the place').to.equal(2);
    threads.finishOne();
    expect(await threads.atWork()).to.equal(2);
    use = 0.49;
    threads.finishOne();
    expect(await threads.atWork(), 'the place is taken again').to.equal(3);
    while ((await threads.atWork()) > 0) threads.finishOne();
    expect(await Promise.all(hashes)).to.have.length(7);
  });

  it('computes one at least', async () => {
    const threads = new PausedThreads();
    const hash = hasher({ parallel: 1, threads, loopUse: () => 1 }).hash('x');

    expect(await threads.atWork()).to.equal(1);
    threads.finishOne();
    await hash;
  });
});

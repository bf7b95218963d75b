import { expect } from 'chai';
import { Throttle } from '../../../../api/services/throttle.js';
import { useClock } from '../../../../models/base.js';
import { useMemory } from '../../../../models/storage.js';
import { ThrottleEntry } from '../../../../models/throttle_entry.js';
import { Guesser } from '../../../support/guesser.js';

const DAY = 86_400;
const HOME = { address: '198.51.100.7' };
const ELSEWHERE = { address: '198.18.0.1' };

describe('the number of entries', () => {
  let guesser: Guesser;
  beforeEach(() => {
    useMemory();
    guesser = new Guesser({ throttle: new Throttle({ capacity: { counting: 60, networks: 5 } }) });
  });
  afterEach(() => useClock(Date.now));

  function kinds(): Promise<Record<string, number>> {
    return ThrottleEntry.all().then((entries) => {
      const count: Record<string, number> = {};
      for (const { kind } of entries) count[kind] = (count[kind] ?? 0) + 1;
      return count;
    });
  }

  it('is bounded: what changed longest ago goes', async () => {
    await guesser.wrongPatiently(6, { email: 'first@example.org', address: '192.0.2.1' });
    for (let made = 0; made < 50; made += 1) {
      await guesser.wrongPatiently(1, { email: 'used@example.org', address: '192.0.3.1' });
      await guesser.wrong({ email: `${made}@example.org`, address: `203.0.${made}.1` });
      expect(await ThrottleEntry.count()).to.be.at.most(60);
    }

    expect(await guesser.wrong({ email: 'used@example.org', address: '192.0.3.1' })).to.equal(900);
    expect(await guesser.wrong({ email: 'first@example.org', address: '192.0.2.1' })).to.equal('wrong');
  });

  it('V6.3.1 leaves owners known however many entries a flood of guesses makes', async () => {
    await guesser.right(HOME);
    for (let made = 0; made < 200; made += 1)
      await guesser.wrong({ email: `${made}@example.org`, address: `203.0.${made}.1` });
    await guesser.wrongFromAnywhere(100);

    expect(await guesser.wrong(ELSEWHERE)).to.be.a('number');
    expect(await guesser.right(HOME)).to.equal('right');
    expect((await kinds())['networks']).to.equal(1);
  });

  it('is bounded for known networks too', async () => {
    for (let made = 0; made < 20; made += 1) await guesser.right({ email: `${made}@example.org` });

    expect(await kinds()).to.deep.equal({ networks: 5 });
  });

  it('is bounded while attempts are under way, and none of those is lost', async () => {
    guesser.throttle = new Throttle({ capacity: { counting: 3, networks: 1 } });
    const bob = { email: 'bob@example.org', address: '192.0.2.7' };
    await guesser.wrong(bob);
    const held = await Promise.all(Array.from({ length: 4 }, () => guesser.throttle.check(bob)));

    for (let made = 0; made < 20; made += 1)
      await guesser.wrong({ email: `${made}@example.org`, address: `203.0.${made}.1` });
    for (const attempt of held) await attempt.failed();

    expect(await guesser.wrong(bob)).to.equal(1);
    expect(await ThrottleEntry.count()).to.be.at.most(6);
  });

  it('is bounded after a start with more: what changed last stays', async () => {
    const first = { email: 'first@example.org', address: '192.0.2.7' };
    await guesser.wrong(first);
    for (let made = 0; made < 15; made += 1) {
      await guesser.wrong({ email: `${made}@example.org`, address: `203.0.${made}.1` });
      guesser.clock.advance(1);
    }
    for (let tries = 0; tries < 4; tries += 1) await guesser.wrong(first);
    guesser.throttle = new Throttle({ capacity: { counting: 30, networks: 5 } });

    await guesser.throttle.sweep();

    const left = await ThrottleEntry.all();
    expect(left).to.have.length(30);
    expect(Math.min(...left.map(({ updated_at }) => updated_at.getTime()))).to.equal(
      guesser.clock.now - 9000,
    );
    expect(await guesser.wrong(first)).to.equal(1);
  });

  it('goes down to what still counts with a sweep, in slices', async () => {
    guesser.throttle = new Throttle();
    await guesser.right(HOME);
    const made = 1500;
    for (let number = 0; number < made; number += 1)
      await guesser.wrong({
        email: `${number}@example.org`,
        address: `203.${number % 250}.${number % 199}.1`,
      });
    expect(await ThrottleEntry.count()).to.be.above(2 * made);
    expect(await guesser.throttle.sweep()).to.equal(0);

    guesser.clock.advance(900);
    let turns = 0;
    const ticking = setInterval(() => {
      turns += 1;
    });
    expect(await guesser.throttle.sweep()).to.equal(made * 2);
    clearInterval(ticking);
    expect(await kinds()).to.deep.equal({ networks: 1, row: made });
    expect(turns, 'others had their turn').to.be.above(0);

    guesser.clock.advance(DAY);
    expect(await guesser.throttle.sweep()).to.equal(made);
    expect(await kinds()).to.deep.equal({ networks: 1 });
  });
});

import { expect } from 'chai';
import { soak, type Soaked } from '../../bench/soak/soak.js';

describe('a short soak: people come and go while sessions run out, are swept and compacted', () => {
  let soaked: Soaked;

  before(async function () {
    this.timeout(60_000);
    soaked = await soak({
      end: { operations: 2000 },
      visitors: 8,
      perSecond: 0,
      duration: 1,
      idle: 1,
      sweepEvery: 500,
      sampleEvery: 1000,
    });
  });

  it('has every request answered as it must be', () => {
    expect(soaked.tally.examples).to.deep.equal([]);
    expect(soaked.tally.errors).to.equal(0);
    expect(soaked.tally.done).to.include.all.keys('register', 'login', 'read', 'logout', 'readLoggedOut');
  });

  it('compacts the file of sessions meanwhile', () => {
    expect(soaked.compactions).to.be.at.least(1);
  });

  it('leaves no file handle open', () => {
    expect(soaked.handles.after).to.be.at.most(soaked.handles.before);
  });

  for (const [i, signal] of ['SIGKILL', 'SIGTERM'].entries()) {
    it(`is reopened to exactly what was acknowledged after ${signal} under load`, () => {
      const check = soaked.checks[i];

      expect(check?.signal).to.equal(signal);
      expect(check?.wrong).to.deep.equal([]);
      expect(check?.users).to.be.at.least(8);
      expect(check?.open).to.be.at.least(1);
      expect(check?.refused).to.be.at.least(1);
    });
  }
});

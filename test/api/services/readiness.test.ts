import { expect } from 'chai';
import { Readiness } from '../../../api/services/readiness.js';
import { turns } from '../../support/until.js';

describe('Readiness', () => {
  let now = 0;
  let checks: { resolve: () => void; reject: (error: Error) => void }[] = [];
  let readiness: Readiness;

  beforeEach(() => {
    now = 0;
    checks = [];
    readiness = new Readiness({
      check: () => new Promise((resolve, reject) => checks.push({ resolve, reject })),
      now: () => now,
    });
  });

  it('is what the stores answer', async () => {
    const answers: boolean[] = [];
    for (const isBack of [true, false, true]) {
      const asked = readiness.isReady();
      if (isBack) checks.at(-1)?.resolve();
      else checks.at(-1)?.reject(new Error('away'));
      answers.push(await asked);
      now += 1000;
    }

    expect(answers).to.deep.equal([true, false, true]);
  });

  it('has the stores asked once, however many ask and however long it takes', async () => {
    const asked = Array.from({ length: 1000 }, () => readiness.isReady());
    now = 1500;
    asked.push(readiness.isReady());
    checks[0]?.resolve();

    expect(await Promise.all(asked)).to.deep.equal(Array(1001).fill(true));
    expect(checks).to.have.length(1);
  });

  it('has them asked a few times a second at most', async () => {
    for (now = 0; now < 1000; now += 10) {
      const asked = readiness.isReady();
      for (const { resolve } of checks) resolve();
      await asked;
    }

    expect(checks).to.have.length(5);
  });

  it('is over as soon as a stop begins, for those too who wait', async () => {
    const before = readiness.isReady();
    await turns(1);
    readiness.stop();
    checks[0]?.resolve();

    expect([await before, await readiness.isReady()]).to.deep.equal([false, false]);
    expect(checks).to.have.length(1);
  });

  it('is denied after two seconds without an answer', async () => {
    const start = performance.now();

    expect(await readiness.isReady()).to.equal(false);
    expect(performance.now() - start).to.be.within(1900, 2300);
  });
});

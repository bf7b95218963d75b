import { expect } from 'chai';
import { causeOf } from '../../bench/lib/causes.js';
import { StallWatch } from '../../bench/lib/stalls.js';

/** Lets nobody else do anything for so many milliseconds. */
function hogTheLoop(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

describe('the watch over the event loop', () => {
  it('tells how long it stood still', async () => {
    const watch = new StallWatch();
    await watch.start(false);

    hogTheLoop(100);
    const { longest, stalls } = await watch.stop();

    expect(longest).to.be.at.least(90);
    expect(stalls[0]?.ms).to.be.at.least(100);
  });

  it('is told what a profile saw meanwhile', async () => {
    const watch = new StallWatch();
    await watch.start(true);

    hogTheLoop(100);
    const { stalls } = await watch.stop();

    // V8 may have put the function into its caller; a machine that has other things to do is named instead.
    expect(stalls[0]?.cause).to.match(/ of stalls\.test\.ts$|^the machine was busy elsewhere$/);
  });
});

describe('the cause of a stop', () => {
  const frame = (functionName: string, url = '') => ({
    functionName,
    url,
    scriptId: '1',
    lineNumber: 1,
    columnNumber: 1,
  });
  /** Two milliseconds in a function of ours, by way of a package, and one before them in another. */
  const start = 1000;
  const offset = Number(process.hrtime.bigint()) / 1000 - performance.now() * 1000;
  const profile = {
    startTime: start * 1000 + offset,
    endTime: 0,
    nodes: [
      { id: 1, callFrame: frame('(root)'), children: [2, 4, 5] },
      { id: 2, callFrame: frame('grow', 'file:///gatehouse/dist/models/table.js'), children: [3] },
      { id: 3, callFrame: frame('helper', 'file:///gatehouse/node_modules/x/dist/index.js') },
      { id: 4, callFrame: frame('earlier', 'file:///gatehouse/dist/models/base.js') },
      { id: 5, callFrame: frame('(garbage collector)') },
    ],
    samples: [4, 4, 4, 3, 3, 5],
    timeDeltas: [100, 100, 100, 10_000, 1000, 1000],
  };
  const gap = { from: start + 5, to: start + 25, cpu: 20, collecting: 0 };

  it('is the function of ours in which most samples of that time are', () => {
    expect(causeOf(gap, profile)).to.equal('grow of table.ts');
    expect(causeOf({ ...gap, from: start - 5, to: start + 5 }, profile)).to.equal('earlier of base.ts');
  });

  it('is the garbage collector where it ran for most of it', () => {
    expect(causeOf({ ...gap, collecting: 11 }, profile)).to.equal('garbage collection');
    expect(causeOf({ ...gap, from: start + 12 }, profile)).to.equal('garbage collection');
  });

  it('is the machine where the process got no time', () => {
    expect(causeOf({ ...gap, cpu: 9 }, profile)).to.equal('the machine was busy elsewhere');
  });

  it('is only known to be ours without a profile', () => {
    expect(causeOf(gap, null)).to.equal('our own code');
  });
});

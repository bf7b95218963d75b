import { expect } from 'chai';
import { loopUse } from '../../../models/hashing/loop_use.js';

describe('loopUse', () => {
  it('tells how busy the loop was since it was last asked, and again the same within 50 ms', () => {
    const loop = { active: 1000, idle: 5000 };
    const use = loopUse(() => ({ ...loop, utilization: 0 }));
    const after = (active: number, idle: number): number => {
      loop.active += active;
      loop.idle += idle;
      return use();
    };

    expect(after(0, 0)).to.equal(0);
    expect(after(75, 25)).to.equal(0.75);
    expect(after(0, 49)).to.equal(0.75);
    expect(after(0, 1)).to.equal(0);
    expect(after(60, 0)).to.equal(1);
  });

  it('reads the loop of this thread', () => {
    const use = loopUse();
    const end = performance.now() + 60;
    while (performance.now() < end);

    expect(use()).to.be.within(0.5, 1);
  });
});

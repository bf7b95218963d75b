import { expect } from 'chai';
import { later, loadTheRest } from '../../api/later.js';

/** What is loaded, when a test says so. */
class Slow {
  started = 0;
  succeed: (value: string) => void = () => {};
  fail: (error: Error) => void = () => {};

  readonly load = (): Promise<string> => {
    this.started += 1;
    return new Promise((succeed, fail) => Object.assign(this, { succeed, fail }));
  };
}

describe('a module that is loaded later', () => {
  it('is not loaded before somebody asks, and then once for all who ask', async () => {
    const slow = new Slow();
    const get = later(slow.load);
    expect(slow.started).to.equal(0);

    const both = Promise.all([get(), get()]);
    slow.succeed('loaded');

    expect(await both).to.deep.equal(['loaded', 'loaded']);
    expect(await get()).to.equal('loaded');
    expect(slow.started).to.equal(1);
  });

  it('fails those who wait for a load that fails, and is tried again for the next', async () => {
    const slow = new Slow();
    const get = later(slow.load);

    const both = Promise.allSettled([get(), get()]);
    slow.fail(new Error('too many open files'));
    expect((await both).map(({ status }) => status)).to.deep.equal(['rejected', 'rejected']);

    const again = get();
    slow.succeed('loaded');
    expect(await again).to.equal('loaded');
    expect(slow.started).to.equal(2);
  });
});

describe('the loading of the rest', () => {
  it('loads what nobody has asked for, and nothing twice', async () => {
    const loads: string[] = [];
    const get = later(async () => loads.push('asked for'));
    later(async () => loads.push('rest'));
    await get();

    await loadTheRest();
    await loadTheRest();

    expect(loads).to.deep.equal(['asked for', 'rest']);
  });

  it('goes on after a failure, which it tells at the end and which holds for nobody who asks later', async () => {
    const loads: string[] = [];
    const get = later(async () => {
      loads.push('broken');
      if (loads.length === 1) throw new Error('too many open files');
    });
    later(async () => loads.push('next'));

    const error = await loadTheRest().then(
      () => null,
      ({ message }: Error) => message,
    );

    expect(error).to.equal('too many open files');
    expect(loads).to.deep.equal(['broken', 'next']);
    await get();
    expect(loads).to.deep.equal(['broken', 'next', 'broken']);
  });
});

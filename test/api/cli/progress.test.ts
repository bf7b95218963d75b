import { expect } from 'chai';
import { Progress } from '../../../api/cli/migrate/progress.js';

/** A screen that remembers, and a clock. */
function shown(isTTY: boolean) {
  const written: string[] = [];
  const clock = { now: 0 };
  const screen = { isTTY, write: (text: string) => written.push(text) };
  return { written, clock, progress: new Progress(screen, () => clock.now) };
}

describe('the progress of a migration', () => {
  it('is a plain line each second where nobody watches', () => {
    const { written, clock, progress } = shown(false);

    progress.start('User: copying', 20_000);
    for (clock.now = 0; clock.now <= 2500; clock.now += 100) progress.step(clock.now * 5);
    progress.end();

    expect(written).to.deep.equal([
      'User: copying: 5,000 of 20,000, 5,000 a second\n',
      'User: copying: 10,000 of 20,000, 5,000 a second\n',
    ]);
  });

  it('is a bar on a terminal, which goes when it is done', () => {
    const { written, clock, progress } = shown(true);

    progress.start('User: copying', 4);
    clock.now = 100;
    progress.step(1);
    clock.now = 150;
    progress.step(2);
    clock.now = 200;
    progress.step(6);
    progress.end();

    expect(written).to.deep.equal([
      `\rUser: copying: [${'#'.repeat(8)}${'.'.repeat(22)}] 1 of 4, 10 a second\u001B[K`,
      `\rUser: copying: [${'#'.repeat(30)}] 6 of 4, 30 a second\u001B[K`,
      '\r\u001B[K',
    ]);
  });

  it('says how many there were where it is not known how many there will be', () => {
    const { written, clock, progress } = shown(false);

    progress.start('User: copying', null);
    clock.now = 2000;
    progress.step(3000);

    expect(written).to.deep.equal(['User: copying: 3,000, 1,500 a second\n']);
  });

  it('says nothing of what is done within a moment', () => {
    for (const isTTY of [true, false]) {
      const { written, progress } = shown(isTTY);

      progress.start('User: copying', 2);
      progress.step(2);
      progress.end();

      expect(written).to.deep.equal([]);
    }
  });
});

import { expect } from 'chai';
import fs from 'fs-extra';
import { FaultyDisk } from '../../support/faulty_fs.js';
import { AuditTest, detailsOf } from '../../support/audit.js';

const DAY = 86_400;

describe('AuditLog', () => {
  const test = new AuditTest();

  async function mode(path: string): Promise<string> {
    return ((await fs.stat(path)).mode & 0o777).toString(8);
  }

  it('keeps one private file a day, by UTC, in a private folder', async () => {
    const log = await test.log();
    test.clock.now = Date.parse('2026-03-01T23:59:59.999Z');
    await log.append(test.line('ann', 'last of the day'));
    test.clock.now += 1;
    await log.append(test.line('ann', 'first of the next'));

    expect(await test.files()).to.deep.equal(['2026-03-01.jsonl', '2026-03-02.jsonl']);
    expect((await test.events('2026-03-01.jsonl')).map(({ detail }) => detail)).to.deep.equal([
      'last of the day',
    ]);
    expect(await mode(test.path())).to.equal('700');
    for (const file of await test.files()) expect(await mode(test.path(file))).to.equal('600');
  });

  it('makes a folder and a file private that came from a backup', async () => {
    await (await test.log()).append(test.line('ann'));
    await fs.chmod(test.path(), 0o755);
    await fs.chmod(test.path('2026-03-01.jsonl'), 0o644);

    await (await test.log()).append(test.line('ann'));

    expect(await mode(test.path())).to.equal('700');
    expect(await mode(test.path('2026-03-01.jsonl'))).to.equal('600');
  });

  it('puts each line into the file of its own day, though they wait together', async () => {
    const log = await test.log();
    const answers = [];
    for (let day = 0; day < 3; day += 1) {
      for (const part of ['a', 'b']) answers.push(log.append(test.line('ann', part)));
      test.clock.advance(DAY);
    }
    await Promise.all(answers);

    for (const file of await test.files()) {
      const events = await test.events(file);
      expect(events.map(({ at, detail }) => `${at.slice(0, 10)} ${detail}`)).to.deep.equal([
        `${file.slice(0, 10)} a`,
        `${file.slice(0, 10)} b`,
      ]);
    }
    expect(await test.files()).to.have.length(3);
  });

  it('makes no file before there is an event', async () => {
    await (await test.log()).close();

    expect(await test.files()).to.deep.equal([]);
  });

  it('shares one sync between lines that arrive together', async () => {
    const disk = new FaultyDisk();
    const log = await test.log({ fs: disk.fs });
    await log.append(test.line('ann'));
    const before = disk.used('datasync');

    await Promise.all(Array.from({ length: 100 }, () => log.append(test.line('ann'))));

    expect(disk.used('datasync') - before).to.equal(1);
  });

  it('only ever appends: what was written stays as it is', async () => {
    const log = await test.log();
    let before = '';
    for (let round = 0; round < 5; round += 1) {
      await log.append(test.line('ann', `${round}`));
      const now = await fs.readFile(test.path('2026-03-01.jsonl'), 'utf8');
      expect(now.startsWith(before) && now.length > before.length).to.equal(true);
      before = now;
    }
  });

  it('reads only what a page shows, never the whole file', async () => {
    const disk = new FaultyDisk();
    const log = await test.log({ fs: disk.fs });
    await Promise.all(Array.from({ length: 2000 }, (_, n) => log.append(test.line(`user${n % 20}`, `${n}`))));
    const before = disk.used('read');

    await log.page('user3', null, 5);

    expect(disk.used('read') - before).to.equal(5);
  });

  it('goes on in the newer file when the clock is set back over midnight', async () => {
    const log = await test.log();
    test.clock.advance(DAY);
    await log.append(test.line('ann', 'a'));
    test.clock.advance(-DAY);
    await log.append(test.line('ann', 'b'));

    expect(await test.files()).to.deep.equal(['2026-03-02.jsonl']);
    expect(await detailsOf(log, 'ann')).to.deep.equal(['b', 'a']);
  });

  it('is not tied to a file of the future by a clock that was wrong, and says at the start that it was', async () => {
    const log = await test.log();
    test.clock.advance(40 * DAY);
    await log.append(test.line('ann', 'a'));
    test.clock.advance(-40 * DAY);
    await log.append(test.line('ann', 'b'));
    await log.append(test.line('ann', 'c'));

    expect(await test.files()).to.deep.equal(['2026-03-01.jsonl', '2026-04-10.jsonl']);
    expect(await detailsOf(log, 'ann')).to.deep.equal(['c', 'b', 'a']);
    await log.close();
    await test.log();
    expect(test.warnings.join()).to.contain('2026-04-10.jsonl: is of the future');
  });

  it('goes on in another file when its own was taken away before a restart of the writer', async () => {
    const disk = new FaultyDisk();
    const log = await test.log({ fs: disk.fs });
    await log.append(test.line('ann', 'a'));
    disk.fail('datasync', 'EIO');
    await log.append(test.line('ann', 'lost'));
    await fs.remove(test.path());

    expect(await log.append(test.line('ann', 'b'))).to.equal(true);
    expect(await test.files()).to.deep.equal(['2026-03-01.1.jsonl']);
    expect(await detailsOf(log, 'ann')).to.deep.equal(['b']);
    expect(test.warnings.join()).to.contain('is gone');
  });

  it('refuses to open where its folder cannot be made', async () => {
    await fs.writeFile(test.path(), 'a file');

    const error: unknown = await test.log().catch((thrown: unknown) => thrown);

    expect((error as NodeJS.ErrnoException).code).to.equal('EEXIST');
  });
});

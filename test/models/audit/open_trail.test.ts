import { expect } from 'chai';
import fs from 'fs-extra';
import { AuditTest, detailsOf } from '../../support/audit.js';
import { FaultyDisk } from '../../support/faulty_fs.js';

const TODAY = '2026-03-01.jsonl';
const YESTERDAY = '2026-02-28.jsonl';

describe('opening an audit trail', () => {
  const test = new AuditTest();

  async function write(name: string, ...details: string[]): Promise<string> {
    const text = details.map((detail) => test.line('ann', detail).text).join('');
    await fs.outputFile(test.path(name), text);
    return text;
  }

  it('cuts off a torn last line of the newest file, and says so once', async () => {
    const whole = await write(TODAY, 'a', 'b');
    for (const torn of [
      '{"at":"20',
      test.line('ann', 'c').text.slice(0, -1),
      '\0\0\0',
      '\uFFFD'.slice(0, 1),
    ]) {
      test.warnings = [];
      await fs.writeFile(test.path(TODAY), whole + torn);

      const log = await test.log();

      expect(await fs.readFile(test.path(TODAY), 'utf8')).to.equal(whole);
      expect(await detailsOf(log, 'ann')).to.deep.equal(['b', 'a']);
      expect(test.warnings).to.have.length(1);
      expect(test.warnings[0]).to.contain(TODAY).and.contain('torn');
      await log.close();
    }
  });

  it('ignores a torn last line of an older file, and leaves it as it is', async () => {
    const torn = `${await write(YESTERDAY, 'a')}{"at"`;
    await fs.writeFile(test.path(YESTERDAY), torn);
    await write(TODAY, 'b');

    const log = await test.log();
    await log.append(test.line('ann', 'c'));

    expect(await detailsOf(log, 'ann')).to.deep.equal(['c', 'b', 'a']);
    expect(await fs.readFile(test.path(YESTERDAY), 'utf8')).to.equal(torn);
    expect(test.warnings).to.have.length(1);
  });

  it('cuts off a torn line before it writes when it could not at the start', async () => {
    const whole = await write(TODAY, 'a');
    await fs.appendFile(test.path(TODAY), '{"at":"torn');
    const disk = new FaultyDisk();
    disk.fail('truncate', 'EIO');

    const log = await test.log({ fs: disk.fs });
    const line = test.line('ann', 'b');
    expect(await log.append(line)).to.equal(true);

    expect(await fs.readFile(test.path(TODAY), 'utf8')).to.equal(whole + line.text);
    expect(await detailsOf(log, 'ann')).to.deep.equal(['b', 'a']);
  });

  for (const [what, bad] of [
    ['nonsense', Buffer.from('nonsense')],
    ['an empty line', Buffer.from('')],
    ['JSON that is no event', Buffer.from('{"a":1}')],
    ['broken UTF-8', Buffer.from([0xff, 0xfe, 0x80])],
    ['other UTF-8', Buffer.from('ünïcödé 😀')],
    ['nested JSON', Buffer.from('['.repeat(100_000))],
  ] as const) {
    it(`skips ${what} with a warning that names file and line, and changes nothing`, async () => {
      const [a, b] = [test.line('ann', 'a').text, test.line('ann', 'b').text];
      const bytes = Buffer.concat([Buffer.from(a), bad, Buffer.from(`\n${b}`)]);
      await fs.outputFile(test.path(TODAY), bytes);

      const log = await test.log();
      await log.append(test.line('ann', 'c'));

      expect(await detailsOf(log, 'ann')).to.deep.equal(['c', 'b', 'a']);
      expect(test.warnings).to.have.length(1);
      expect(test.warnings[0]).to.match(/2026-03-01\.jsonl, line 2: .*skipped/);
      expect((await fs.readFile(test.path(TODAY))).subarray(0, bytes.length).equals(bytes)).to.equal(true);
    });
  }

  it('says no more than a few words of a file that is nothing but bad lines', async () => {
    await fs.outputFile(test.path(TODAY), 'bad\n'.repeat(5000));

    await test.log();

    expect(test.warnings).to.have.length(11);
    expect(test.warnings.at(-1)).to.contain('5000 bad lines');
  });

  it('goes on without a file that cannot be read, and says so', async () => {
    await write(YESTERDAY, 'a');
    await write(TODAY, 'b');
    const disk = new FaultyDisk();
    const opening = test.log({ fs: { ...disk.fs, open: failFirst(YESTERDAY, disk) } });

    const log = await opening;

    expect(await detailsOf(log, 'ann')).to.deep.equal(['b']);
    expect(test.warnings).to.have.length(1);
    expect(test.warnings[0]).to.contain(YESTERDAY).and.contain('EIO');
  });

  it('takes lines from a file that somebody else wrote in their own style', async () => {
    const line =
      '{ "outcome": "success", "event": "login", "user": "ann", "at": "2026-03-01T08:00:00Z", "detail": "é" }\n';
    await fs.outputFile(test.path(TODAY), line + test.line('ann', 'b').text);

    expect(await detailsOf(await test.log(), 'ann')).to.deep.equal(['b', 'é']);
  });

  it('never shows a line that was exchanged behind its back for another user’s', async () => {
    const log = await test.log();
    await log.append(test.line('ann', 'mine'));
    const text = await fs.readFile(test.path(TODAY), 'utf8');
    await fs.writeFile(test.path(TODAY), text.replace('"ann"', '"bob"'));

    expect(await log.page('ann', null, 5)).to.deep.equal({ events: [], next: null });
    expect(test.warnings[0]).to.contain('changed by somebody else');
  });

  /** Fails to open this file for reading. */
  function failFirst(name: string, disk: FaultyDisk): FaultyDisk['fs']['open'] {
    return (async (path: string, flags: string, mode?: number) => {
      if (path.endsWith(name)) disk.fail('open', 'EIO');
      return disk.fs.open(path, flags, mode);
    }) as FaultyDisk['fs']['open'];
  }
});

import { expect } from 'chai';
import fs from 'fs-extra';
import { AuditTable } from '../../../models/audit/audit_table.js';
import { OLDEST } from '../../../models/audit/table_sql.js';
import type { Rows } from '../../../models/engine/postgres/connections.js';
import { AuditTest, detailsOf } from '../../support/audit.js';
import { FaultyDisk } from '../../support/faulty_fs.js';
import { until } from '../../support/until.js';

const DAY = 86_400;

describe('what is kept of the audit trail', () => {
  const test = new AuditTest();

  async function size(): Promise<number> {
    const stats = await Promise.all((await test.files()).map((file) => fs.stat(test.path(file))));
    return stats.reduce((sum, stat) => sum + stat.size, 0);
  }

  it('V14.2.7 is today and AUDIT_DAYS days before it: the rest goes at the start', async () => {
    await test.fiveDays();

    const log = await test.log({ days: 2 });

    expect(await test.files()).to.deep.equal(['2026-03-04.jsonl', '2026-03-05.jsonl']);
    expect(await detailsOf(log, 'ann')).to.deep.equal(['5', '4']);
  });

  it('is the same after midnight, with the first event of the day', async () => {
    await test.fiveDays();
    const log = await test.log({ days: 2 });
    test.clock.advance(DAY);

    await log.append(test.line('ann', 'new'));

    expect(await test.files()).to.deep.equal(['2026-03-05.jsonl', '2026-03-07.jsonl']);
    expect(await detailsOf(log, 'ann')).to.deep.equal(['new', '5']);
  });

  it('loses today itself when the clock jumps, and goes on in a new file', async () => {
    const log = await test.log({ days: 1 });
    await log.append(test.line('ann', 'a'));
    test.clock.advance(5 * DAY);
    await log.dropOverdue();

    await log.append(test.line('ann', 'b'));

    expect(await test.files()).to.deep.equal(['2026-03-06.jsonl']);
    expect(await detailsOf(log, 'ann')).to.deep.equal(['b']);
  });

  it('never has more than AUDIT_MAX_MB: within a busy day the oldest quarter goes', async () => {
    const log = await test.log({ maxBytes: 8000 });
    let largest = 0;
    for (let event = 0; event < 200; event += 1) {
      await log.append(test.line(event % 2 ? 'ann' : 'bob', `${event}`));
      largest = Math.max(largest, await size());
    }

    expect(largest).to.be.within(6000, 8000);
    expect(await size()).to.be.above(5000);
    const kept = (await test.events())
      .filter(({ user }) => user === 'ann')
      .map(({ detail }) => Number(detail));
    const newestFirst = kept.toSorted((a, b) => b - a).map(String);
    expect(newestFirst[0]).to.equal('199');
    expect(await detailsOf(log, 'ann')).to.deep.equal(newestFirst);
    expect((await test.files()).every((name) => /^2026-03-01\.\d+\.jsonl$/.test(name))).to.equal(true);
    expect(test.warnings).to.deep.equal([]);
  });

  it('is found again after a restart within a day of many files', async () => {
    const log = await test.log({ maxBytes: 20_000 });
    for (let event = 0; event < 100; event += 1) await log.append(test.line('ann', `${event}`));
    const before = await detailsOf(log, 'ann');
    await log.close();

    const again = await test.log({ maxBytes: 20_000 });
    expect(await detailsOf(again, 'ann')).to.deep.equal(before);
    await again.append(test.line('ann', 'next'));
    expect(await detailsOf(again, 'ann')).to.deep.equal(['next', ...before]);
  });

  it('includes what cannot be deleted: that is warned about once, and tried again', async () => {
    await test.fiveDays();
    const disk = new FaultyDisk();
    disk.fail('unlink', 'EPERM', Infinity);
    const log = await test.log({ days: 2, fs: disk.fs });
    await log.append(test.line('ann', '6'));

    expect(await test.files()).to.have.length(6);
    expect(test.warnings).to.have.length(1);
    expect(test.warnings[0]).to.contain('2026-03-01.jsonl').and.contain('EPERM');
    expect(await detailsOf(log, 'ann')).to.have.length(6);

    disk.heal();
    await log.dropOverdue();
    expect(await detailsOf(log, 'ann')).to.deep.equal(['6', '5', '4']);
  });

  it('leaves files alone that are not of the trail', async () => {
    const names = ['notes.txt', '2020-01-01.jsonl.gz', '2020-13-45.jsonl', '2020-01-01.01.jsonl', 'x.jsonl'];
    for (const name of names) await fs.outputFile(test.path(name), 'mine\n');

    await (await test.log({ days: 1, maxBytes: 1 })).append(test.line('ann'));

    expect(await test.files()).to.include.members(names);
    expect(test.warnings).to.deep.equal([]);
  });
});

describe('what is due in the table of an audit trail', () => {
  it('is looked at again by who asks while somebody looks: the latest lines may have been missed', async () => {
    const looks: (() => void)[] = [];
    const run = (text: string): Promise<Rows> => {
      const rows = { rows: [], count: 0 };
      return text === OLDEST
        ? new Promise((resolve) => looks.push(() => resolve(rows)))
        : Promise.resolve(rows);
    };
    const table = { run, ready: async () => {} };
    const trail = await AuditTable.open(
      { table: () => table },
      { days: 1, maxBytes: 1e6, warn: expect.fail },
    );
    // The one that an opening brings, which looks at days first and then at bytes.
    await until(() => looks.length === 1);
    let isDone = false;
    const asked = trail.dropOverdue().then(() => (isDone = true));
    looks[0]?.();
    await until(() => looks.length === 2);
    looks[1]?.();
    await until(() => looks.length === 3);

    expect(isDone).to.equal(false);
    looks[2]?.();
    await asked;
    await trail.close();
  });
});

import { expect } from 'chai';
import fs from 'fs-extra';
import type { AuditStore } from '../../../models/audit/audit_store.js';
import { AuditTest, detailsOf } from '../../support/audit.js';
import { FaultyDisk, type Operation } from '../../support/faulty_fs.js';

const TODAY = '2026-03-01.jsonl';

describe('the audit trail on a failing disk', () => {
  const test = new AuditTest();
  let disk: FaultyDisk;
  let log: AuditStore;

  beforeEach(async () => {
    disk = new FaultyDisk();
    log = await test.log({ fs: disk.fs });
    await log.append(test.line('ann', 'before'));
  });

  for (const [operation, code] of [
    ['write', 'ENOSPC'],
    ['write', 'EIO'],
    ['datasync', 'EIO'],
  ] as const satisfies readonly (readonly [Operation, string])[]) {
    it(`loses the event of a failed ${operation} (${code}) loudly, and writes the next one`, async () => {
      disk.fail(operation, code);

      expect(await log.append(test.line('ann', 'lost'))).to.equal(false);
      expect(log.lost).to.equal(1);
      expect(test.warnings).to.have.length(1);
      expect(test.warnings[0]).to.contain('LOST').and.contain(code);

      expect(await log.append(test.line('ann', 'after'))).to.equal(true);
      expect(await detailsOf(log, 'ann')).to.deep.equal(['after', 'before']);
      expect(test.warnings[1]).to.contain('written again; 1 were lost');
      await log.append(test.line(null, 'and so on'));
      const names = (await test.events(TODAY)).map(({ event }) => event);
      expect(names).to.deep.equal(['login', 'gap', 'login', 'login']);
      const [, gap] = await test.events(TODAY);
      expect([gap?.event, gap?.outcome, gap?.count]).to.deep.equal(['gap', 'failure', 1]);
    });
  }

  it('leaves whole lines only, and finds the same after a restart', async () => {
    for (let round = 0; round < 20; round += 1) {
      if (round % 3 === 0) disk.fail('write', 'ENOSPC');
      await log.append(test.line('ann', `${round}`));
    }
    const found = await detailsOf(log, 'ann');
    await log.close();

    expect((await fs.readFile(test.path(TODAY), 'utf8')).endsWith('\n')).to.equal(true);
    expect((await test.events(TODAY)).filter(({ user }) => user).map(({ detail }) => detail)).to.deep.equal(
      found.toReversed(),
    );
    test.warnings = [];
    expect(await detailsOf(await test.log(), 'ann')).to.deep.equal(found);
    expect(test.warnings).to.deep.equal([]);
  });

  it('fails everything that shared the failed write, and nothing else', async () => {
    disk.fail('write', 'ENOSPC');

    const answers = await Promise.all(Array.from({ length: 5 }, () => log.append(test.line('ann'))));

    expect(answers).to.deep.equal([false, false, false, false, false]);
    expect(await log.append(test.line('ann', 'after'))).to.equal(true);
    expect(log.lost).to.equal(5);
  });

  for (const operation of ['open', 'truncate', 'sync'] as const) {
    it(`waits for the disk when ${operation} fails in cleaning up after a failure`, async () => {
      disk.fail('write', 'EIO');
      await log.append(test.line('ann', 'lost'));
      disk.fail(operation, 'EIO');
      expect(await log.append(test.line('ann', 'lost too'))).to.equal(false);

      expect(await log.append(test.line('ann', 'after'))).to.equal(true);
      expect(await detailsOf(log, 'ann')).to.deep.equal(['after', 'before']);
      expect((await test.events(TODAY))[1]?.count).to.equal(2);
    });
  }

  for (const operation of ['open', 'sync'] as const) {
    it(`begins the next day although ${operation} failed at first`, async () => {
      test.clock.advance(86_400);
      disk.fail(operation, 'ENOSPC');

      expect(await log.append(test.line('ann', 'lost'))).to.equal(false);
      expect(await log.append(test.line('ann', 'after'))).to.equal(true);

      expect(await detailsOf(log, 'ann')).to.deep.equal(['after', 'before']);
      expect(await test.files()).to.deep.equal([TODAY, '2026-03-02.jsonl']);
    });
  }

  it('goes on in another file when its own has become shorter', async () => {
    disk.fail('write', 'EIO');
    await log.append(test.line('ann', 'lost'));
    await fs.truncate(test.path(TODAY), 10);

    expect(await log.append(test.line('ann', 'after'))).to.equal(true);

    expect(await test.files()).to.deep.equal(['2026-03-01.1.jsonl', TODAY]);
    expect((await detailsOf(log, 'ann'))[0]).to.equal('after');
    expect(test.warnings.join()).to.contain('is shorter than');
  });
});

import { join } from 'node:path';
import { expect } from 'chai';
import fs from 'fs-extra';
import { linesOfTrail } from '../../../models/audit/trail_lines.js';
import { everyKind, writeRecords } from '../../support/all_records.js';
import { migrate } from '../../support/migrate_cli.js';
import { needPostgres, postgresUrl, runSql } from '../../support/postgres_process.js';
import { bytesOf, tempFolder } from '../../support/temp_storage.js';

function lineAt(at: string, more: object = {}): string {
  return `${JSON.stringify({ at, event: 'login', outcome: 'success', user: 'ann', address: null, ...more })}\n`;
}

/** What a busy server leaves: pieces of a day, a minute counted afterwards, and a line that somebody broke. */
async function folderWithTrail(): Promise<string> {
  const folder = await tempFolder();
  await writeRecords(folder, everyKind());
  const many = Array.from({ length: 1200 }, (_, i) =>
    lineAt(`2026-11-20T12:00:0${Math.floor(i / 300)}.000Z`, {
      user: i % 3 ? 'ann' : null,
      request_id: `${i}`,
    }),
  );
  const files = {
    '2026-11-19.jsonl': [lineAt('2026-11-19T23:59:59.999Z', { later: { than: ['this', 'version'] } })],
    '2026-11-20.jsonl': many.slice(0, 700),
    '2026-11-20.1.jsonl': [
      ...many.slice(700),
      'nonsense\n',
      lineAt('2026-11-20T12:00:00.000Z', { event: 'refused', count: 9 }),
    ],
    '2026-11-21.jsonl': [lineAt('2026-11-21T00:00:00.000Z'), '{"at":"torn'],
  };
  for (const [name, lines] of Object.entries(files))
    await fs.outputFile(join(folder, 'audit', name), lines.join(''));
  return folder;
}

async function trailIn(folder: string): Promise<readonly unknown[]> {
  return linesOfTrail(join(folder, 'audit'), () => {});
}

describe('npm run migrate, with an audit trail,', function () {
  this.timeout(20_000);
  beforeEach(needPostgres);

  it('takes it to a database, to another one and back to files, in the order of its times', async () => {
    const [from, back] = [await folderWithTrail(), await tempFolder()];
    const env = { ONE: await postgresUrl(), OTHER: await postgresUrl() };
    const before = await bytesOf(from);

    const runs = [
      await migrate({ from: `file:${from}`, to: 'env:ONE' }, env),
      await migrate({ from: 'env:ONE', to: 'env:OTHER' }, env),
      await migrate({ from: 'env:OTHER', to: `file:${back}` }, env),
    ];

    const trail = (await trailIn(from)) as readonly { text: string }[];
    expect(runs.map(({ code }) => code)).to.deep.equal([0, 0, 0]);
    expect(runs[0]?.stdout).to.contain('AuditTrail: 1,203 are the same in both');
    expect(runs[0]?.stderr).to.contain('2026-11-20.1.jsonl: 1 lines are no audit events and are left out');
    expect(await trailIn(back)).to.deep.equal(trail);
    expect(trail.map(({ text }) => (JSON.parse(text) as { count?: number }).count).indexOf(9)).to.equal(301);
    expect(await fs.readdir(join(back, 'audit'))).to.have.length(3);
    expect(await bytesOf(from)).to.deep.equal(before);
    const rows = await runSql(env.ONE, `select size, line from gatehouse_audit where user_id is null`);
    expect(rows).to.have.length(400);
    expect(rows.every(({ size, line }) => Number(size) === String(line).length + 1)).to.equal(true);
  });

  it('goes on in the midst of it, in a database and in files', async () => {
    const [from, to] = [await folderWithTrail(), await tempFolder()];
    const env = { URL: await postgresUrl() };
    const runs = [
      () => migrate({ from: `file:${from}`, to: 'env:URL' }, env),
      () => migrate({ from: `file:${from}`, to: `file:${to}` }, env),
    ];
    for (const run of runs) await run();
    await runSql(
      env.URL,
      `delete from gatehouse_audit where at_ms >= extract(epoch from timestamptz '2026-11-20T12:00:02Z') * 1000`,
    );
    await fs.remove(join(to, 'audit', '2026-11-21.jsonl'));
    const file = join(to, 'audit', '2026-11-20.jsonl');
    await fs.truncate(file, (await fs.stat(file)).size - 100);

    const again = [await runs[0]?.(), await runs[1]?.()];

    expect(again.map((ended) => ended?.code)).to.deep.equal([0, 0]);
    expect(again[0]?.stdout).to.contain('AuditTrail: 601 copied, 602 were there already\n');
    expect(again[1]?.stdout).to.contain('AuditTrail: 2 copied, 1,201 were there already\n');
    expect(await trailIn(to)).to.deep.equal(await trailIn(from));
  });

  it('refuses a target with a trail of its own, and finds a line that was changed', async () => {
    const [from, to] = [await folderWithTrail(), await tempFolder()];
    const env = { URL: await postgresUrl() };
    await fs.outputFile(join(to, 'audit', '2026-11-01.jsonl'), lineAt('2026-11-01T00:00:00.000Z'));
    await migrate({ from: `file:${from}`, to: 'env:URL' }, env);
    await runSql(
      env.URL,
      `update gatehouse_audit set line = replace(line, 'success', 'failure') where at_ms % 10 = 9`,
    );
    const before = await bytesOf(to);

    const refused = [
      await migrate({ from: `file:${from}`, to: `file:${to}` }, env),
      await migrate({ from: `file:${from}`, to: 'env:URL' }, env),
    ];

    expect(refused.map(({ code }) => code)).to.deep.equal([1, 1]);
    expect(refused[0]?.stderr).to.contain(`AuditTrail 1793491200000.0`).and.contain(`move ${to}/audit away`);
    expect(refused[1]?.stderr).to.contain('drop the table gatehouse_audit and its line in gatehouse_meta');
    expect(await bytesOf(to)).to.deep.equal(before);
  });
});

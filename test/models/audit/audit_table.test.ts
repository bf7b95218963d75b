import { expect } from 'chai';
import type { AuditStore } from '../../../models/audit/audit_store.js';
import { CREATE, INDEXES, PAGE, TABLE } from '../../../models/audit/table_sql.js';
import { PostgresStore } from '../../../models/engine/postgres/postgres_store.js';
import { AuditTest, detailsOf } from '../../support/audit.js';
import { runSql } from '../../support/postgres_process.js';

describe('the table of an audit trail', () => {
  const test = new AuditTest('PostgreSQL');

  /** Fills the table beside the program: so many events of each user, a second apart. */
  async function fill(users: number, events: number, size = 200): Promise<void> {
    const at = `${test.clock.now} - (${events} - n) * 1000`;
    await runSql(
      test.url,
      `insert into ${TABLE} select ${at}, u, 'user' || u, ${size},
        '{"at":"","event":"login","outcome":"success","user":"user' || u || '","detail":"' || n || '"}'
        from generate_series(1, ${events}) n, generate_series(1, ${users}) u`,
    );
  }

  async function count(): Promise<number> {
    return Number((await runSql(test.url, `select count(*) as n from ${TABLE}`))[0]?.['n']);
  }

  it('is one for all who use the database: each sees at once what others wrote, in the order of time', async () => {
    const logs = [await test.log(), await test.log(), await test.log()];
    const details: string[] = [];
    for (let round = 0; round < 9; round += 1) {
      const log = logs[round % 3] as AuditStore;
      await log.append(test.line('ann', `${round}`));
      details.unshift(`${round}`);
      test.clock.advance(1);
    }

    for (const log of logs) expect(await detailsOf(log, 'ann', 2)).to.deep.equal(details);
  });

  it('has every event once that many wrote in one millisecond, on whatever page', async () => {
    const logs = await Promise.all([test.log(), test.log(), test.log(), test.log()]);
    const lines = logs.flatMap((log, i) =>
      Array.from({ length: 50 }, (_, n) => ({ log, detail: `${i}-${n}` })),
    );

    await Promise.all(lines.map(({ log, detail }) => log.append(test.line('ann', detail))));

    const found = await detailsOf(logs[0], 'ann', 7);
    expect(found).to.have.length(lines.length);
    expect(found).to.have.members(lines.map(({ detail }) => detail));
  });

  it('takes lines that wait together in one statement', async () => {
    const log = await test.log();
    await log.append(test.line('ann'));
    // Numbers of a transaction are given to those that write, and to none else.
    const transactions = async (): Promise<number> =>
      (await runSql(test.url, `select count(distinct xmin::text) as n from ${TABLE}`)).map(({ n }) =>
        Number(n),
      )[0] ?? 0;
    const before = await transactions();

    await Promise.all(Array.from({ length: 100 }, () => log.append(test.line('ann'))));

    expect((await transactions()) - before).to.equal(1);
  });

  it('is read by its index: a page costs the same however long the trail is', async () => {
    await test.log();
    await fill(50, 400);
    await runSql(test.url, `analyze ${TABLE}`);
    const text = PAGE.replace('$1', `'user7'`).replace('$4', '51').replaceAll('$2', `${test.clock.now}`);

    const plan = await runSql(test.url, `explain (analyze, buffers) ${text.replace('$3', '0')}`);

    const lines = plan.map((row) => String(row['QUERY PLAN'])).join('\n');
    expect(lines)
      .to.contain(`${TABLE}_user_id`)
      .and.not.match(/Seq Scan|Sort/);
    expect(Number(/Buffers: shared hit=(\d+)/.exec(lines)?.[1])).to.be.below(80);
  });

  it('leaves out a line that somebody made another user’s, and says so', async () => {
    const log = await test.log();
    await log.append(test.line('ann', 'mine'));
    await runSql(test.url, `update ${TABLE} set line = replace(line, '"ann"', '"bob"')`);

    expect(await log.page('ann', null, 5)).to.deep.equal({ events: [], next: null });
    expect(test.warnings[0]).to.contain('changed by somebody else');
  });

  it('is made by any number of processes at once', async () => {
    const stores = await Promise.all(
      Array.from({ length: 4 }, async () => PostgresStore.open({ url: test.url, warn: () => {} })),
    );
    try {
      await Promise.all(stores.map(async (store) => store.table(TABLE, INDEXES, CREATE).ready()));
    } finally {
      for (const store of stores) await store.close();
    }

    expect(await count()).to.equal(0);
  });

  it('is refused when another version gave it another form', async () => {
    await test.log();
    await runSql(test.url, `update gatehouse_meta set value = 'x' where name = 'table ${TABLE}'`);

    const error: unknown = await test.log().catch((thrown: unknown) => thrown);

    expect((error as Error).name).to.equal('StorageVersionError');
  });

  it('shrinks to what it may have and no further, however many processes see to it', async () => {
    const logs = await Promise.all(Array.from({ length: 4 }, async () => test.log({ maxBytes: 1_000_000 })));
    await fill(10, 1000);
    test.clock.advance(60);

    await Promise.all(logs.map((log) => log.dropOverdue()));
    test.clock.advance(60);
    await Promise.all(logs.map((log) => log.dropOverdue()));

    expect((await count()) * 200).to.be.within(900_000, 970_000);
    expect(await detailsOf(logs[0] as AuditStore, 'user1', 500)).to.have.length.within(450, 486);
  });

  it('loses its oldest days to many processes at once, and nothing else', async () => {
    const logs = await Promise.all(Array.from({ length: 4 }, async () => test.log({ days: 1 })));
    await fill(3, 1000);
    test.clock.advance(2 * 86_400);
    await logs[0]?.append(test.line('ann', 'new'));

    await Promise.all(logs.map((log) => log.dropOverdue()));

    expect((await test.events()).map(({ detail }) => detail)).to.deep.equal(['new']);
    expect(test.warnings).to.deep.equal([]);
  });

  it('is measured by the hour, and what an hour had that is over is not asked again', async () => {
    const log = await test.log({ maxBytes: 200_000 });
    for (let day = 0; day < 3; day += 1) {
      test.clock.advance(86_400);
      await fill(1, 100);
    }
    test.clock.advance(60);
    await log.dropOverdue();
    const { now } = test.clock;
    const grow = async (from: number, to: number): Promise<number> => {
      const times = `at_ms between ${now - from * 3_600_000} and ${now - to * 3_600_000}`;
      await runSql(test.url, `update ${TABLE} set size = 2000 where ${times}`);
      test.clock.advance(60);
      await log.dropOverdue();
      return count();
    };

    const [over, present] = [await grow(30, 20), await grow(1, 0)];

    expect(over).to.equal(300);
    expect(present).to.be.below(200);
  });

  it('is measured anew in its oldest hour, from which other processes have deleted', async () => {
    const logs = [await test.log({ maxBytes: 200_000 }), await test.log({ maxBytes: 200_000 })];
    await fill(1, 300);
    test.clock.advance(86_400);
    await fill(1, 600);
    for (const log of logs) await log.dropOverdue();
    test.clock.advance(600);
    await fill(3, 50);

    const counts: number[] = [];
    for (const log of logs) {
      await log.dropOverdue();
      counts.push(await count());
    }

    expect(counts).to.deep.equal([937, 937]);
  });

  it('says once that it may not delete, and tries again', async () => {
    const log = await test.log({ days: 1 });
    await log.append(test.line('ann', 'old'));
    test.clock.advance(5 * 86_400);
    await runSql(
      test.url,
      `create function refuse() returns trigger language plpgsql as $$ begin raise 'not now'; end $$;
       create trigger refuse before delete on ${TABLE} execute function refuse()`,
    );
    for (let round = 0; round < 3; round += 1) await log.dropOverdue();
    const kept = await count();
    await runSql(test.url, `drop trigger refuse on ${TABLE}`);
    await log.dropOverdue();

    expect([kept, await count()]).to.deep.equal([1, 0]);
    expect(test.warnings).to.have.length(1);
    expect(test.warnings[0]).to.contain('cannot be deleted').and.contain('not now');
  });
});

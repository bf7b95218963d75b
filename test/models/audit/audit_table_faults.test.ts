import { expect } from 'chai';
import { AuditTable } from '../../../models/audit/audit_table.js';
import { PostgresStore } from '../../../models/engine/postgres/postgres_store.js';
import { AuditTest, detailsOf } from '../../support/audit.js';
import { AnswerProxy } from '../../support/answer_proxy.js';
import { needOwnPostgres, postgresUrl, PostgresProcess, runSql } from '../../support/postgres_process.js';
import { until } from '../../support/until.js';

/** Milliseconds after which whoever waits for an event must have an answer. */
const LIMIT = 2000;

describe('an audit trail whose PostgreSQL', () => {
  const test = new AuditTest();
  let server: PostgresProcess | null = null;
  let url = '';
  let store: PostgresStore;
  let log: AuditTable;

  beforeEach(needOwnPostgres);
  beforeEach(async () => {
    server ??= await PostgresProcess.start();
    url = await postgresUrl(server);
    store = await PostgresStore.open({ url, warn: () => {} });
    log = await AuditTable.open(store, {
      days: 90,
      maxBytes: 1e8,
      warn: (text) => void test.warnings.push(text),
    });
  });
  afterEach(async () => {
    // There is none where the test was skipped.
    server?.resume();
    await log?.close();
    await store?.close();
  });

  /** Appends events together: which of them were written, once the slowest was answered in time. */
  async function append(count: number): Promise<boolean[]> {
    const start = performance.now();
    const answers = await Promise.all(
      Array.from({ length: count }, (_, n) => log.append(test.line('ann', `${n}`))),
    );
    expect(performance.now() - start).to.be.below(LIMIT);
    return answers;
  }

  async function isBack(): Promise<boolean> {
    return store.check().then(
      () => true,
      () => false,
    );
  }

  it('is paused loses what it cannot take within two seconds, and goes on behind a gap', async () => {
    await append(1);

    server?.pause();
    const first = append(500);
    await new Promise((done) => setTimeout(done, 300));
    const second = append(500);
    const lost = [...(await first), ...(await second)];
    const atOnce = performance.now();
    lost.push(...(await append(50)));
    const time = performance.now() - atOnce;
    server?.resume();
    await until(isBack);
    test.clock.advance(1);
    const after = await append(1);

    expect(lost).to.deep.equal(Array(1050).fill(false));
    expect(time).to.be.below(100);
    expect(after).to.deep.equal([true]);
    expect(log.lost).to.equal(1050);
    // What the database had received when it was paused it may do nevertheless: that is no loss, and no duplicate.
    const rows = await runSql(url, `select line from gatehouse_audit where line like '%"gap"%'`);
    const gaps = rows.map(({ line }) => (JSON.parse(String(line)) as { count: number }).count);
    expect(Math.max(...gaps)).to.equal(1050);
    expect(test.warnings.join('\n')).to.match(
      /^audit: events are being LOST.*\naudit: events are written again; 1050/,
    );
    expect(test.warnings.join()).not.to.contain('only-for-this-test');
  });

  it('is killed in mid-load has every event that was answered', async () => {
    const written: string[] = [];
    const writer = async (name: string): Promise<void> => {
      for (let n = 0; await log.append(test.line('ann', `${name}-${n}`)); n += 1)
        written.push(`${name}-${n}`);
    };
    const load = Promise.all(Array.from({ length: 16 }, (_, n) => writer(`w${n}`)));
    await until(() => written.length > 500 || log.lost > 0);

    await server?.kill();
    await load;
    await server?.restart();
    await until(isBack);

    const found = new Set(await detailsOf(log, 'ann', 1000));
    expect(written.filter((detail) => !found.has(detail))).to.deep.equal([]);
  });

  it('drops connections loses and doubles nothing', async () => {
    const drop = `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'gatehouse'`;
    const answers: boolean[] = [];
    for (let round = 0; round < 5; round += 1) {
      const waiting = append(200);
      await runSql(url, drop);
      answers.push(...(await waiting));
    }

    expect(answers).to.deep.equal(Array(1000).fill(true));
    expect(await detailsOf(log, 'ann', 1000)).to.have.length(1000);
  });

  it('has written an event and its answer is lost has it once, and the event counts', async () => {
    const proxy = await AnswerProxy.start(Number(new URL(url).port));
    const near = await PostgresStore.open({
      url: `${url.replace(/:\d+\//, `:${proxy.port}/`)}&sslmode=disable`,
      warn: () => {},
    });
    const trail = await AuditTable.open(near, { days: 90, maxBytes: 1e8, warn: () => {} });
    // The statement is prepared by now: it is one question and one answer.
    await trail.append(test.line('ann', 'first'));

    proxy.dropAnswerTo('write me');
    const answers = await Promise.all([
      trail.append(test.line('ann', 'write me')),
      trail.append(test.line('ann', 'too')),
    ]);
    await trail.close();
    await near.close();

    expect(proxy.dropped).to.equal(1);
    expect(answers).to.deep.equal([true, true]);
    expect(await detailsOf(log, 'ann')).to.deep.equal(['too', 'write me', 'first']);
  });

  it('is slow by a lock is not waited for, and the store is not taken for away', async () => {
    const locked = postgresSession(`begin; lock table gatehouse_audit; select pg_sleep(3.2)`);
    await until(async () => (await locks()) > 0);

    // The second ones wait for the statement of the first, and must not wait for their own as long again.
    const [answers, checks]: [Promise<boolean[]>[], boolean[]] = [[append(3)], []];
    for (let round = 0; round < 4; round += 1) {
      checks.push(await isBack());
      await new Promise((done) => setTimeout(done, 400));
      if (round === 0) answers.push(append(3));
    }

    expect((await Promise.all(answers)).flat()).to.deep.equal(Array(6).fill(false));
    expect([...checks, await isBack()]).to.deep.equal(Array(5).fill(true));
    await locked;
    expect(await append(1)).to.deep.equal([true]);
  });

  function postgresSession(text: string): Promise<unknown> {
    return runSql(url, text);
  }

  async function locks(): Promise<number> {
    const text = `select count(*) as n from pg_locks where mode = 'AccessExclusiveLock' and granted
      and relation = to_regclass('gatehouse_audit')`;
    return Number((await runSql(url, text))[0]?.['n']);
  }
});

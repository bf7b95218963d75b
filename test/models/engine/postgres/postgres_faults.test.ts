import { expect } from 'chai';
import postgres from 'postgres';
import { PostgresStore } from '../../../../models/engine/postgres/postgres_store.js';
import type { SharedStore } from '../../../../models/engine/shared_store.js';
import { StorageUnavailableError, type StorageEngine } from '../../../../models/engine/storage_engine.js';
import { AnswerProxy } from '../../../support/answer_proxy.js';
import { needOwnPostgres, postgresUrl, PostgresProcess, runSql } from '../../../support/postgres_process.js';

const TABLE = { model: 'Thing', indexes: [{ attribute: 'email', unique: true }] };
/** Milliseconds after which whoever asked must have an answer, whatever it is. */
const LIMIT = 2000;

describe('PostgresStore when the server', () => {
  let server: PostgresProcess | null = null;
  let url = '';
  let store: SharedStore;
  let engine: StorageEngine;
  const warnings: string[] = [];

  beforeEach(needOwnPostgres);
  beforeEach(async () => {
    server ??= await PostgresProcess.start();
    url = await postgresUrl(server);
    warnings.length = 0;
    await openStore();
  });
  // There is none where the test was skipped.
  afterEach(() => store?.close());

  async function openStore(parameters = ''): Promise<void> {
    store = await PostgresStore.open({
      url: `${url}${parameters}`,
      warn: (message) => void warnings.push(message),
    });
    engine = store.engine(TABLE);
    await store.check();
  }

  /** What came of it: a value, or an error; fails when that takes too long. */
  async function outcome(work: Promise<unknown>): Promise<unknown> {
    const start = performance.now();
    const result = await work.catch((error: unknown) => error);
    expect(performance.now() - start).to.be.below(LIMIT);
    return result;
  }

  /** Asks until there is an answer; the test's own timeout ends it if there never is. */
  async function untilBack(): Promise<void> {
    for (;;) {
      const isBack = await store.check().then(
        () => true,
        () => false,
      );
      if (isBack) return;
      await new Promise((done) => setTimeout(done, 20));
    }
  }

  it('is killed in mid-load has lost nothing that was acknowledged', async () => {
    const acknowledged: string[] = [];
    const removed: string[] = [];
    const over = new AbortController();
    const writer = async (name: string): Promise<void> => {
      for (let i = 0; !over.signal.aborted; i += 1) {
        const id = `${name}-${i}`;
        try {
          await engine.put({ id, email: `${id}@example.com` });
          acknowledged.push(id);
          if (i % 3 === 0 && (await engine.delete(id))) removed.push(id);
        } catch (error) {
          expect(error).to.be.instanceOf(StorageUnavailableError);
          return;
        }
      }
    };
    const load = Promise.all(Array.from({ length: 8 }, (_, i) => writer(`w${i}`)));
    while (acknowledged.length < 200) await new Promise((done) => setTimeout(done, 5));

    await server?.kill();
    over.abort();
    await load;
    await server?.restart();
    await untilBack();

    const present = new Set((await engine.all()).map(({ id }) => id));
    const gone = new Set(removed);
    expect(acknowledged.filter((id) => !gone.has(id) && !present.has(id) && !isInDoubt(id))).to.deep.equal(
      [],
    );
    expect(removed.filter((id) => present.has(id))).to.deep.equal([]);

    /** One whose removal was asked for and never answered. */
    function isInDoubt(id: string): boolean {
      return Number(id.split('-')[1]) % 3 === 0;
    }
  });

  it('is gone says so at once, and works again by itself when it is back', async () => {
    await engine.put({ id: 'a' });

    await server?.kill();
    const first = await outcome(engine.get('a'));
    const start = performance.now();
    const all = await Promise.all(
      Array.from({ length: 50 }, (_, i) => outcome(i % 2 ? engine.get('a') : engine.put({ id: `${i}` }))),
    );
    const time = performance.now() - start;
    await server?.restart();
    await untilBack();

    for (const result of [first, ...all]) expect(result).to.be.instanceOf(StorageUnavailableError);
    expect(time).to.be.below(500);
    expect(await engine.get('a')).to.deep.equal({ id: 'a' });
    await engine.put({ id: 'b' });
    expect(warnings.map((text) => / is (away|back)/.exec(text)?.[1])).to.deep.equal(['away', 'back']);
    expect(warnings.join()).not.to.contain('only-for-this-test');
  });

  it('is paused fails within two seconds, and works again when it goes on', async () => {
    await engine.put({ id: 'a' });

    server?.pause();
    const asked = [engine.get('a'), engine.find('email', 'x'), engine.put({ id: 'b' }), engine.delete('a')];
    const more = [engine.update('a', { n: 1 }), engine.all(), engine.count(), store.check()];
    const results = await Promise.all([...asked, ...more].map(outcome));
    const afterwards = performance.now();
    const later = await outcome(engine.get('a'));
    const laterTime = performance.now() - afterwards;
    server?.resume();
    await untilBack();

    for (const result of [...results, later]) expect(result).to.be.instanceOf(StorageUnavailableError);
    expect(laterTime).to.be.below(100);
    await engine.put({ id: 'c' });
    expect(await engine.get('c')).to.deep.equal({ id: 'c' });
  });

  it('drops connections in the middle of everything answers reads nevertheless', async () => {
    await engine.put({ id: 'a', n: 0 });
    const drop = `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'gatehouse'`;
    let acknowledged = 0;
    const over = new AbortController();
    const reader = async (): Promise<void> => {
      while (!over.signal.aborted) expect((await engine.get('a'))?.id).to.equal('a');
    };
    const counter = async (): Promise<void> => {
      while (!over.signal.aborted) {
        const n = Number((await engine.get('a'))?.['n']);
        const done = await engine.update('a', { n: n + 1 }, { n }).catch((error: unknown) => {
          expect(error).to.be.instanceOf(StorageUnavailableError);
          return null;
        });
        if (done) acknowledged += 1;
      }
    };

    const work = Promise.all([reader(), reader(), counter(), counter()]);
    for (let i = 0; i < 5; i += 1) await runSql(server?.url ?? '', drop);
    over.abort();
    await work;

    // A change whose answer was lost may have been made: once, and by as many as were dropped.
    const n = Number((await engine.get('a'))?.['n']);
    expect(n).to.be.within(acknowledged, acknowledged + 2 * 5);
    expect(acknowledged).to.be.above(0);
  });

  it('has done what was asked for and its answer is lost does not do it again', async () => {
    const proxy = await AnswerProxy.start(Number(new URL(url).port));
    url = `${url.replace(/:\d+\//, `:${proxy.port}/`)}&sslmode=disable`;
    const near = engine;
    const direct = store;
    await openStore();
    // The statements are prepared by now: each is one question and one answer.
    await engine.put({ id: 'a', n: 0 });
    await engine.update('a', { n: 1 });
    await engine.delete('a');
    await engine.get('a');

    proxy.dropAnswerTo('put me');
    const put = await outcome(engine.put({ id: 'b', text: 'put me' }));
    proxy.dropAnswerTo('change me');
    const update = await outcome(engine.update('b', { text: 'change me' }));
    const changed = await near.get('b');
    proxy.dropAnswerTo('{"b"}');
    const get = await outcome(engine.get('b'));
    await direct.close();

    expect(proxy.dropped).to.equal(3);
    expect(put).to.be.instanceOf(StorageUnavailableError);
    expect(update).to.be.instanceOf(StorageUnavailableError);
    expect(changed).to.deep.equal({ id: 'b', text: 'change me' });
    expect(get).to.deep.equal(changed);
  });

  it('has become a replica is left for the one that took its place', async () => {
    const readOnly = (word: string) => `alter role gatehouse ${word} default_transaction_read_only`;
    await runSql(url, `${readOnly('set')} = on`);
    await store.close();
    await openStore();
    const refused = await outcome(engine.put({ id: 'a' }));
    await runSql(`${url}&default_transaction_read_only=off`, readOnly('reset'));

    await untilBack();
    // Connections of before, if there were any left, would still be read-only.
    for (let tries = 0; (await outcome(engine.put({ id: 'b' }))) !== undefined; tries += 1)
      expect(tries).to.be.below(50);

    expect(refused).to.be.instanceOf(StorageUnavailableError);
    expect(await engine.all()).to.deep.equal([{ id: 'b' }]);
  });

  it('makes every connection wait fails within two seconds, and is asked again afterwards', async () => {
    await store.close();
    await openStore('&connection_limit=2');
    for (const id of ['a', 'b', 'c']) await engine.put({ id });
    const holder = postgres(url, { max: 1, onnotice: () => {} });

    const held = holder.begin(async (sql) => {
      await sql`select * from gatehouse_thing for update`;
      return Promise.all(
        ['a', 'b', 'c'].flatMap((id) => [outcome(engine.update(id, { n: 1 })), outcome(engine.get(id))]),
      );
    });
    const results = await held;
    await holder.end();
    await untilBack();

    expect(results.filter((result) => result instanceof StorageUnavailableError)).to.have.length.above(2);
    expect(await engine.update('a', { n: 2 })).to.deep.equal({ id: 'a', n: 2 });
  });

  it('has no room for another connection works with those it has', async () => {
    await engine.put({ id: 'a' });
    const others: postgres.Sql[] = [];
    // Until nobody who is not the administrator gets in.
    await runSql(url, `create role guest login password 'only-for-this-test'`);
    await runSql(
      url,
      `grant all on schema ${schemaOf(url)} to guest; grant all on all tables in schema ${schemaOf(url)} to guest`,
    );
    await store.close();
    url = url.replace('gatehouse:', 'guest:');
    await openStore();
    for (let isFull = false; !isFull;) {
      const sql = postgres(url, { max: 1, onnotice: () => {} });
      isFull = await sql`select 1`.then(
        () => false,
        () => true,
      );
      others.push(sql);
    }

    const results = await Promise.all(
      Array.from({ length: 30 }, (_, i) => outcome(engine.put({ id: `${i}` }))),
    );
    await Promise.all(others.map((sql) => sql.end()));

    expect(results.filter((result) => result !== undefined)).to.deep.equal([]);
    expect(await engine.count()).to.equal(31);
  });

  function schemaOf(text: string): string {
    return /search_path(?:=|%3D)(\w+)/.exec(text)?.[1] ?? '';
  }
});

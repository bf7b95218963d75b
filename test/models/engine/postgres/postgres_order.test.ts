import { expect } from 'chai';
import postgres from 'postgres';
import { PostgresStore } from '../../../../models/engine/postgres/postgres_store.js';
import type { SharedStore } from '../../../../models/engine/shared_store.js';
import { UniqueViolationError, type StorageEngine } from '../../../../models/engine/storage_engine.js';
import { needPostgres, postgresUrl } from '../../../support/postgres_process.js';

describe('PostgresStore while writes are under way', () => {
  let url: string;
  let store: SharedStore;
  let engine: StorageEngine;
  let holder: postgres.Sql;
  beforeEach(needPostgres);
  beforeEach(async () => {
    url = await postgresUrl();
    store = await PostgresStore.open({ url, warn: () => {} });
    const indexes = [
      { attribute: 'email', unique: true },
      { attribute: 'group', unique: false },
    ];
    engine = store.engine({ model: 'Thing', indexes });
    await store.check();
    holder = postgres(url, { max: 1, onnotice: () => {} });
  });
  afterEach(async () => {
    await holder?.end();
    await store?.close();
  });

  /** Does the work while nobody can write the record. */
  async function whileHeld<T>(id: string, work: () => Promise<T>): Promise<T> {
    const held = await holder.begin(async (sql) => {
      await sql`select * from gatehouse_thing where id = ${id} for update`;
      return { result: await work() };
    });
    return held.result;
  }

  it('keeps all or none of many records that come at once', async () => {
    await engine.put({ id: 'a', email: 'a' });

    const refused = await engine
      .putAll?.([{ id: 'b' }, { id: 'c', email: 'a' }])
      .catch((error: unknown) => error);

    expect(refused).to.be.instanceOf(UniqueViolationError).and.have.property('attribute', 'email');
    expect(await engine.all()).to.deep.equal([{ id: 'a', email: 'a' }]);
  });

  it('hides a record whose removal takes its time, and shows it to nobody again', async () => {
    for (const id of ['a', 'b']) await engine.put({ id, email: id, group: 'x' });

    const { removal, seen } = await whileHeld('a', async () => {
      const pending = engine.delete('a');
      const answers = await Promise.all([
        engine.get('a'),
        engine.find('email', 'a'),
        engine.find('group', 'x'),
        engine.all(),
        engine.page(1),
        engine.page(1, 'a'),
        engine.count(),
      ]);
      return { removal: pending, seen: answers };
    });

    const b = { id: 'b', email: 'b', group: 'x' };
    expect(seen).to.deep.equal([null, [], [b], [b], [b], null, 1]);
    expect(await removal).to.equal(true);
  });

  it('keeps writes to one record in the order of the calls', async () => {
    await engine.put({ id: 'a', n: 0 });
    await engine.put({ id: 'b', n: 0 });

    const { writes } = await whileHeld('a', async () => {
      const long = 'x'.repeat(100_000);
      const asked = [
        engine.put({ id: 'a', long, n: 1 }),
        engine.update('a', { n: 2 }),
        engine.put({ id: 'a', n: 3 }),
        engine.update('a', { n: 4 }, { n: 3 }),
      ];
      // Others need not wait.
      await engine.update('b', { n: 1 });
      return { writes: asked };
    });

    expect(await Promise.all(writes)).to.deep.equal([
      undefined,
      { id: 'a', long: 'x'.repeat(100_000), n: 2 },
      undefined,
      { id: 'a', n: 4 },
    ]);
    expect(await engine.get('a')).to.deep.equal({ id: 'a', n: 4 });
  });

  it('gives a unique value to the one that asked first', async () => {
    await engine.put({ id: 'a', email: 'old' });

    const { results } = await whileHeld('a', async () => {
      const first = engine.update('a', { email: 'new' });
      const second = engine.put({ id: 'b', email: 'new' });
      // There was time for the second one, had it not waited for its turn.
      await Promise.all(['c', 'd', 'e'].map((id) => engine.put({ id })));
      return { results: Promise.allSettled([first, second]) };
    });

    expect((await results).map(({ status }) => status)).to.deep.equal(['fulfilled', 'rejected']);
    expect((await engine.find('email', 'new'))[0]?.id).to.equal('a');
  });

  it('waits with flush for those that were asked for', async () => {
    await engine.put({ id: 'a', n: 0 });
    let isFlushed = false;

    const { write, flush, before } = await whileHeld('a', async () => {
      const asked = engine.update('a', { n: 1 });
      const flushing = engine.flush().then(() => (isFlushed = true));
      await engine.count();
      return { write: asked, flush: flushing, before: isFlushed };
    });
    await flush;

    expect(before).to.equal(false);
    expect(await engine.get('a')).to.deep.equal({ id: 'a', n: 1 });
    await write;
  });
});

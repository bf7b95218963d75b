import { expect } from 'chai';
import { PostgresReader } from '../../../../models/engine/postgres/postgres_reader.js';
import { PostgresStore } from '../../../../models/engine/postgres/postgres_store.js';
import {
  StorageVersionError,
  type StorageEngine,
  type StoredRecord,
} from '../../../../models/engine/storage_engine.js';
import { needPostgres, postgresUrl, runSql } from '../../../support/postgres_process.js';

const TABLE = {
  model: 'Thing',
  indexes: [{ attribute: 'email', unique: true }],
  expiresAt: ({ ends }: StoredRecord) => (typeof ends === 'number' ? ends : null),
};

describe('PostgresReader', () => {
  let url: string;
  beforeEach(needPostgres);
  beforeEach(async () => {
    url = await postgresUrl();
  });

  async function withReader<T>(work: (reader: PostgresReader) => Promise<T>): Promise<T> {
    const reader = await PostgresReader.open({ url, warn: () => {} });
    try {
      return await work(reader);
    } finally {
      await reader.close();
    }
  }

  async function withEngine(
    work: (engine: StorageEngine, store: PostgresStore) => Promise<void>,
  ): Promise<void> {
    const store = await PostgresStore.open({ url, warn: () => {} });
    try {
      await work(store.engine(TABLE), store);
    } finally {
      await store.close();
    }
  }

  it('reads what a store keeps: records in their order, those that are over left out, and notes', async () => {
    const records = Array.from({ length: 25 }, (_, i) => ({ id: `${25 - i}` }));
    await withEngine(async (engine, store) => {
      for (const record of records) await engine.put(record);
      await engine.put({ id: 'over', ends: 1 });
      await store.note('keys', () => 'a b');
    });

    const read = await withReader(async (reader) => {
      const slices = [];
      for await (const slice of reader.slices(TABLE, 10)) slices.push(slice);
      return [slices, await reader.count(TABLE), await reader.note('keys'), await reader.isThere()];
    });

    const slices = [records.slice(0, 10), records.slice(10, 20), records.slice(20)];
    expect(read).to.deep.equal([slices, 25, 'a b', true]);
  });

  it('finds nothing where there is no store, and makes none', async () => {
    const read = await withReader(async (reader) => {
      const slices = [];
      for await (const slice of reader.slices(TABLE, 10)) slices.push(slice);
      return [slices, await reader.count(TABLE), await reader.note('keys'), await reader.isThere()];
    });

    expect(read).to.deep.equal([[], 0, null, false]);
    expect(await runSql(url, 'select 1 from pg_tables where schemaname = current_schema()')).to.deep.equal(
      [],
    );
  });

  it('does not read what a newer program wrote', async () => {
    await withEngine(async (_, store) => store.check());
    await runSql(url, `update gatehouse_meta set value = '9' where name = 'format'`);

    const error = await PostgresReader.open({ url, warn: () => {} }).catch((cause: unknown) => cause);

    expect(error).to.be.instanceOf(StorageVersionError);
  });
});

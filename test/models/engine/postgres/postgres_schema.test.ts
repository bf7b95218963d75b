import { expect } from 'chai';
import { PostgresStore } from '../../../../models/engine/postgres/postgres_store.js';
import {
  StorageUnavailableError,
  StorageVersionError,
  type StoredRecord,
} from '../../../../models/engine/storage_engine.js';
import { needPostgres, postgresUrl, runSql } from '../../../support/postgres_process.js';

const TABLE = { model: 'Thing', indexes: [{ attribute: 'email', unique: true }] };

describe('the tables of PostgresStore', () => {
  const open: PostgresStore[] = [];
  let url: string;
  let warnings: string[];
  beforeEach(needPostgres);
  beforeEach(async () => {
    url = await postgresUrl();
    warnings = [];
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((store) => store.close()));
  });

  async function openStore(more = ''): Promise<PostgresStore> {
    const store = await PostgresStore.open({
      url: `${url}${more}`,
      warn: (message) => void warnings.push(message),
    });
    open.push(store);
    return store;
  }

  async function failure(work: Promise<unknown>): Promise<Error> {
    const error: unknown = await work.then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).to.be.instanceOf(Error);
    return error as Error;
  }

  it('are made once by many that start together', async () => {
    await Promise.all(
      Array.from({ length: 8 }, async (_, i) => {
        const store = await openStore('&connection_limit=1');
        const engine = store.engine(TABLE);
        await store.check();
        await engine.put({ id: `${i}`, email: `${i}@example.com` });
      }),
    );

    const engine = (await openStore()).engine(TABLE);
    expect(await engine.count()).to.equal(8);
    const notes = await runSql(url, 'select name, value from gatehouse_meta order by name');
    expect(notes.map(({ name, value }) => [name, value])).to.deep.equal([
      ['format', '1'],
      ['table gatehouse_thing', 'email unique'],
    ]);
  });

  it('are finished where another start was killed half-way', async () => {
    const store = await openStore();
    store.engine(TABLE);
    await store.check();
    await runSql(
      url,
      `delete from gatehouse_meta where name like 'table %'; drop index gatehouse_thing_key_email`,
    );

    const again = await openStore();
    const engine = again.engine(TABLE);
    await again.check();

    await engine.put({ id: 'a', email: 'x' });
    expect(await failure(engine.put({ id: 'b', email: 'x' }))).to.have.property('attribute', 'email');
  });

  it('of a newer program keep the store from opening, and are left alone', async () => {
    await openStore();
    await runSql(url, `update gatehouse_meta set value = '2' where name = 'format'`);

    const error = await failure(openStore());

    expect(error).to.be.instanceOf(StorageVersionError);
    expect(error.message).to.contain('format 2').and.contain('up to 1');
    expect(await runSql(url, 'select * from gatehouse_meta')).to.have.length(1);
  });

  it('with other indexes than the program has are refused', async () => {
    const store = await openStore();
    store.engine(TABLE);
    await store.check();
    const other = await openStore();
    other.engine({ ...TABLE, indexes: [{ attribute: 'email', unique: false }] });

    expect(await failure(other.check())).to.be.instanceOf(StorageVersionError);
  });

  it('keep notes that each of many at once sees what the one before it left of', async () => {
    const stores = await Promise.all([openStore(), openStore(), openStore()]);

    await Promise.all(
      stores.flatMap((store) =>
        Array.from({ length: 5 }, () => store.note('count', (known) => String(Number(known) + 1))),
      ),
    );
    const refused = await failure(
      stores[0].note('count', () => {
        throw new Error('no');
      }),
    );

    expect(refused.message).to.equal('no');
    const notes = await runSql(url, `select value from gatehouse_meta where name = 'count'`);
    expect(notes.map(({ value }) => value)).to.deep.equal(['15']);
  });

  it('need no right but to use them once they are there', async () => {
    const store = await openStore();
    store.engine(TABLE);
    await store.check();
    const schema = /search_path(?:=|%3D)(\w+)/.exec(url)?.[1] ?? '';
    const role = `clerk_${schema}`;
    await runSql(
      url,
      `create role ${role} login password 'only-for-this-test'; grant usage on schema ${schema} to ${role};
       grant select, insert, update, delete on all tables in schema ${schema} to ${role};
       grant usage on all sequences in schema ${schema} to ${role}`,
    );
    const admin = url;
    url = url.replace(/\/\/[^@]*@/, `//${role}:only-for-this-test@`);

    const engine = (await openStore()).engine(TABLE);
    await engine.put({ id: 'a', email: 'x' });
    const found = await engine.find('email', 'x');
    const forbidden = (await openStore()).engine({ ...TABLE, model: 'NewThing' });
    const error = await failure(forbidden.get('a'));
    await runSql(admin, `drop owned by ${role}; drop role ${role}`);

    expect(found).to.deep.equal([{ id: 'a', email: 'x' }]);
    expect(error).to.be.instanceOf(StorageUnavailableError);
    expect(error.message).to.contain('42501 permission denied');
  });

  it('have what is over removed, a part at a time, and nothing else', async () => {
    let now = 1000;
    const store = await openStore();
    const expiresAt = (record: StoredRecord) => Number(record['ends']) || null;
    const engine = store.engine({ ...TABLE, expiresAt, now: () => now });
    await store.check();
    await runSql(
      url,
      `insert into gatehouse_thing (id, version, record, expires_at)
       select 'x' || n, 1, '{"id":"x"}', 2000 from generate_series(1, 1200) n`,
    );
    await engine.put({ id: 'later', ends: 3000 });
    await engine.put({ id: 'never' });
    now = 2000;

    await store.tidy();

    const left = await runSql(url, 'select id from gatehouse_thing order by id');
    expect(left.map(({ id }) => id)).to.deep.equal(['later', 'never']);
  });

  it('are warned about where the server may lose what it answered', async () => {
    await openStore();
    expect(warnings).to.deep.equal([]);
    url = url.replace('search_path', 'synchronous_commit%3Doff+-c+search_path');

    await openStore();

    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.contain('synchronous_commit off').and.not.contain('only-for-this-test');
  });
});

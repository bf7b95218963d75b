import { expect } from 'chai';
import {
  UniqueViolationError,
  type Index,
  type StorageEngine,
} from '../../../models/engine/storage_engine.js';

/** The indexes that the contract's engines have. */
export const CONTRACT_INDEXES: readonly Index[] = [
  { attribute: 'email', unique: true, key: (email) => email.toLowerCase() },
  { attribute: 'group', unique: false },
];

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => null,
    (error: unknown) => error,
  );
}

/** What every engine must do, whatever it keeps its records in. `open` gives an empty one. */
export function describeEngine(name: string, open: () => Promise<StorageEngine>): void {
  describe(`${name} keeps the engine contract`, () => {
    let engine: StorageEngine;
    beforeEach(async () => {
      engine = await open();
    });
    // There is none where the test was skipped.
    afterEach(() => engine?.close());

    it('gives back what was put, and null for an unknown id', async () => {
      await engine.put({ id: 'a', name: 'Ann', nested: { list: [1, null] } });

      expect(await engine.get('a')).to.deep.equal({ id: 'a', name: 'Ann', nested: { list: [1, null] } });
      expect(await engine.get('b')).to.equal(null);
      for (const id of ['__proto__', 'constructor', '', 'a\0', '../a'])
        expect(await engine.get(id)).to.equal(null);
    });

    it('holds frozen copies: changing what was put or got changes nothing', async () => {
      const record = { id: 'a', name: 'Ann' };
      await engine.put(record);
      record.name = 'Bob';

      const stored = await engine.get('a');

      expect(stored).to.deep.equal({ id: 'a', name: 'Ann' });
      expect(Object.isFrozen(stored)).to.equal(true);
    });

    it('replaces the record with the same id', async () => {
      await engine.put({ id: 'a', name: 'Ann', old: true });
      await engine.put({ id: 'a', name: 'Bob' });

      expect(await engine.get('a')).to.deep.equal({ id: 'a', name: 'Bob' });
      expect(await engine.count()).to.equal(1);
    });

    it('lists records in the order of creation, also after changes', async () => {
      for (const id of ['c', 'a', 'b']) await engine.put({ id });
      await engine.update('c', { seen: true });
      await engine.delete('a');
      await engine.put({ id: 'a' });

      expect((await engine.all()).map(({ id }) => id)).to.deep.equal(['c', 'b', 'a']);
    });

    it('creates records that come many at once in their order', async () => {
      const records = Array.from({ length: 60 }, (_, i) => ({
        id: `${(i * 7) % 60}`,
        email: `${i}`,
        group: 'x',
      }));
      const putAll = async (all: typeof records) =>
        engine.putAll ? engine.putAll(all) : Promise.all(all.map((record) => engine.put(record)));

      await engine.put({ id: 'first' });
      await putAll(records.slice(0, 50));
      await putAll(records.slice(50));

      expect((await engine.all()).map(({ id }) => id)).to.deep.equal([
        'first',
        ...records.map(({ id }) => id),
      ]);
      expect(await engine.find('group', 'x')).to.deep.equal(records);
      expect(await engine.find('email', '59')).to.deep.equal(records.slice(59));
    });

    it('walks all records in slices', async () => {
      for (let i = 0; i < 25; i += 1) await engine.put({ id: `${i}` });

      const sizes = [];
      for await (const slice of engine.slices(10)) sizes.push(slice.length);

      expect(sizes).to.deep.equal([10, 10, 5]);
    });

    it('gives pages in the order of creation', async () => {
      for (const id of ['c', 'a', 'b', 'e', 'd']) await engine.put({ id });
      await engine.delete('e');
      const page = async (size: number, after?: string) =>
        (await engine.page(size, after))?.map(({ id }) => id);

      expect(await page(2)).to.deep.equal(['c', 'a']);
      expect(await page(2, 'a')).to.deep.equal(['b', 'd']);
      expect(await page(2, 'd')).to.deep.equal([]);
      expect(await page(9)).to.deep.equal(['c', 'a', 'b', 'd']);
      expect(await engine.page(2, 'e')).to.equal(null);
      expect(await engine.page(2, '')).to.equal(null);
    });

    it('leaves out of a page what is being removed', async () => {
      for (const id of ['a', 'b', 'c']) await engine.put({ id });

      const removal = engine.delete('b');
      const page = await engine.page(2);
      await removal;

      expect(page?.map(({ id }) => id)).to.deep.equal(['a', 'c']);
    });

    it('finds by an indexed attribute, oldest first', async () => {
      await engine.put({ id: 'a', group: 'x' });
      await engine.put({ id: 'b', group: 'y' });
      await engine.put({ id: 'c', group: 'x' });
      await engine.put({ id: 'd', group: 'x' });
      await engine.delete('c');

      expect((await engine.find('group', 'x')).map(({ id }) => id)).to.deep.equal(['a', 'd']);
      expect(await engine.find('group', 'none')).to.deep.equal([]);
    });

    it('finds by what the index compares, and not by an old value', async () => {
      await engine.put({ id: 'a', email: 'Ann@Example.com' });

      expect((await engine.find('email', 'ANN@example.COM'))[0]?.id).to.equal('a');

      await engine.update('a', { email: 'bob@example.com' });

      expect(await engine.find('email', 'ann@example.com')).to.deep.equal([]);
      expect((await engine.find('email', 'bob@example.com'))[0]?.id).to.equal('a');
    });

    it('refuses to search an attribute without an index', async () => {
      expect(await rejection(engine.find('name', 'Ann'))).to.be.instanceOf(Error);
    });

    it('refuses a unique value that another record has, and changes nothing', async () => {
      await engine.put({ id: 'a', email: 'ann@example.com' });
      await engine.put({ id: 'b', email: 'bob@example.com' });

      const onPut = await rejection(engine.put({ id: 'c', email: 'ANN@example.com' }));
      const onUpdate = await rejection(engine.update('b', { email: 'ann@example.com' }));

      expect(onPut).to.be.instanceOf(UniqueViolationError).with.property('attribute', 'email');
      expect(onUpdate).to.be.instanceOf(UniqueViolationError);
      expect(await engine.get('c')).to.equal(null);
      expect(await engine.get('b')).to.deep.equal({ id: 'b', email: 'bob@example.com' });
    });

    it('lets many records be without a value for a unique attribute', async () => {
      await engine.put({ id: 'a', email: null });
      await engine.put({ id: 'b', email: null });
      await engine.put({ id: 'c' });

      expect(await engine.count()).to.equal(3);
    });

    it('gives one of 50 parallel writers a unique value', async () => {
      const tries = Array.from({ length: 50 }, (_, i) =>
        engine.put({ id: `${i}`, email: 'one@example.com' }),
      );
      const results = await Promise.allSettled(tries);

      expect(results.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
      expect(await engine.count()).to.equal(1);
    });

    it('frees a unique value with its record, in the order of the calls', async () => {
      await engine.put({ id: 'a', email: 'x@example.com' });

      await Promise.all([engine.delete('a'), engine.put({ id: 'b', email: 'x@example.com' })]);

      expect((await engine.find('email', 'x@example.com'))[0]?.id).to.equal('b');
    });

    it('swaps a value from one record to another in the order of the calls', async () => {
      await engine.put({ id: 'a', email: 'x@example.com' });
      await engine.put({ id: 'b', email: 'y@example.com' });

      await Promise.all([
        engine.update('a', { email: 'z@example.com' }),
        engine.update('b', { email: 'x@example.com' }),
        engine.update('a', { email: 'y@example.com' }),
      ]);

      expect((await engine.find('email', 'x@example.com'))[0]?.id).to.equal('b');
      expect((await engine.find('email', 'y@example.com'))[0]?.id).to.equal('a');
      expect(await engine.find('email', 'z@example.com')).to.deep.equal([]);
    });

    it('keeps all of 100 parallel changes to different attributes', async () => {
      await engine.put({ id: 'a' });

      await Promise.all(Array.from({ length: 100 }, (_, i) => engine.update('a', { [`key${i}`]: i })));

      expect(Object.keys((await engine.get('a')) ?? {})).to.have.length(101);
    });

    it('inserts what is not there yet, once, and changes nothing that is', async () => {
      const inserted = await Promise.all([1, 2, 3].map((n) => engine.insert({ id: 'a', n })));
      const again = await engine.insert({ id: 'a', n: 4 });
      const first = await engine.get('a');
      await engine.delete('a');
      const anew = await engine.insert({ id: 'a', n: 5 });

      expect([...inserted, again, anew]).to.deep.equal([true, false, false, false, true]);
      expect(first).to.deep.equal({ id: 'a', n: 1 });
      expect(await engine.get('a')).to.deep.equal({ id: 'a', n: 5 });
    });

    it('inserts no record with a unique value that another one has', async () => {
      await engine.put({ id: 'a', email: 'ann@example.com' });

      const error = await engine
        .insert({ id: 'b', email: 'Ann@example.com' })
        .catch((thrown: unknown) => thrown);

      expect(error).to.be.instanceOf(UniqueViolationError);
      expect(await engine.get('b')).to.equal(null);
    });

    it('never creates by an update, nor lets it change the id', async () => {
      expect(await engine.update('a', { name: 'Ann' })).to.equal(null);
      await engine.put({ id: 'a' });

      expect(await engine.update('a', { id: 'b', name: 'Ann' })).to.deep.equal({ id: 'a', name: 'Ann' });
      expect(await engine.get('b')).to.equal(null);
    });

    it('does not bring a record back that is being deleted', async () => {
      await engine.put({ id: 'a' });

      const [deleted, updated] = await Promise.all([engine.delete('a'), engine.update('a', { seen: true })]);

      expect([deleted, updated]).to.deep.equal([true, null]);
      expect(await engine.get('a')).to.equal(null);
    });

    it('compares and sets: exactly one of two that expect the same value wins', async () => {
      await engine.put({ id: 'a', token: 'one' });

      const results = await Promise.all([
        engine.update('a', { token: 'two' }, { token: 'one' }),
        engine.update('a', { token: 'three' }, { token: 'one' }),
      ]);

      expect(results.map((record) => record?.['token'] ?? null)).to.deep.equal(['two', null]);
    });

    it('refuses records that no file could hold', async () => {
      expect(await rejection(engine.put({ id: '' }))).to.be.instanceOf(Error);
      expect(await rejection(engine.put({ id: 'a', deleted: true }))).to.be.instanceOf(Error);
      expect(await engine.count()).to.equal(0);
    });

    it('waits on request until everything asked for is there', async () => {
      const writes = [engine.put({ id: 'a' }), engine.put({ id: 'b' })];
      await engine.flush();

      expect(await engine.count()).to.equal(2);
      await Promise.all(writes);
    });

    it('tells whether a delete removed anything', async () => {
      await engine.put({ id: 'a' });

      expect(await engine.delete('a')).to.equal(true);
      expect(await engine.delete('a')).to.equal(false);
      expect(await engine.count()).to.equal(0);
    });

    it('hides a record as soon as its removal is asked for', async () => {
      await engine.put({ id: 'a', group: 'x' });
      const deletion = engine.delete('a');

      expect(await engine.get('a')).to.equal(null);
      expect(await engine.find('group', 'x')).to.deep.equal([]);
      expect(await engine.all()).to.deep.equal([]);
      expect(await engine.count()).to.equal(0);
      await deletion;
    });

    it('lets one of two parallel deletes win', async () => {
      await engine.put({ id: 'a' });

      expect(await Promise.all([engine.delete('a'), engine.delete('a')])).to.deep.equal([true, false]);
    });
  });
}

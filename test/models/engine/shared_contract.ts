import { expect } from 'chai';
import type { SharedStore, TableOptions } from '../../../models/engine/shared_store.js';
import {
  UniqueViolationError,
  type StorageEngine,
  type StoredRecord,
} from '../../../models/engine/storage_engine.js';
import { TestClock } from '../../support/clock.js';
import { CONTRACT_INDEXES, describeEngine } from './contract.js';

const WRITERS = 20;

/** When the contract's records are over. */
function expiresAt(record: StoredRecord): number | null {
  return typeof record['ends'] === 'number' ? record['ends'] : null;
}

/** What two engines on one store are tried with. */
interface Pair {
  readonly one: StorageEngine;
  readonly other: StorageEngine;
  readonly clock: TestClock;
}

/**
 * What every store on a server must do beside the contract of its engines.
 * @param newPlace gives a place of the server where nothing is kept yet; each call of the result opens a store there
 * with connections of its own, as another process would.
 */
export function describeSharedStore(name: string, newPlace: () => Promise<() => Promise<SharedStore>>): void {
  const open: SharedStore[] = [];
  const openIn = async (place: () => Promise<SharedStore>): Promise<SharedStore> => {
    const store = await place();
    open.push(store);
    return store;
  };
  const closeAll = async (): Promise<void> => {
    await Promise.all(open.splice(0).map((store) => store.close()));
  };
  const table = { model: 'Thing', indexes: CONTRACT_INDEXES };

  describe(`a table of ${name}`, () => {
    afterEach(closeAll);

    describeEngine(name, async () => (await openIn(await newPlace())).engine(table));
  });

  describe(`${name} is shared`, () => {
    let pair: Pair;
    beforeEach(async () => {
      const place = await newPlace();
      const clock = new TestClock();
      const options: TableOptions = { ...table, expiresAt, now: () => clock.now };
      const [one, other] = [(await openIn(place)).engine(options), (await openIn(place)).engine(options)];
      pair = { one, other, clock };
    });
    afterEach(closeAll);

    it('shows a write to the others at once', async () => {
      const { one, other } = pair;

      await one.put({ id: 'a', email: 'ann@example.com', group: 'x' });
      expect(await other.get('a')).to.deep.equal({ id: 'a', email: 'ann@example.com', group: 'x' });
      expect(await other.find('email', 'ANN@example.com')).to.have.length(1);
      await other.update('a', { group: 'y' });
      expect((await one.get('a'))?.['group']).to.equal('y');
      expect(await one.find('group', 'x')).to.deep.equal([]);
      expect(await one.find('group', 'y')).to.have.length(1);
      await one.delete('a');
      expect(await other.get('a')).to.equal(null);
      expect(await other.find('group', 'y')).to.deep.equal([]);
      expect(await other.count()).to.equal(0);
    });

    it('answers each of many questions asked at once with its own records', async () => {
      const { one, other } = pair;
      for (let i = 0; i < WRITERS; i += 1)
        await one.put({ id: `${i}`, email: `${i}@example.com`, group: `g${i % 3}` });

      const gets = Array.from({ length: WRITERS }, (_, i) => other.get(`${i}`));
      const finds = Array.from({ length: WRITERS }, (_, i) => other.find('email', `${i}@example.com`));
      const groups = ['g0', 'g1', 'g2', 'none'].map((group) => other.find('group', group));

      expect((await Promise.all(gets)).map((record) => record?.id)).to.deep.equal(
        Array.from({ length: WRITERS }, (_, i) => `${i}`),
      );
      expect((await Promise.all(finds)).map(([record]) => record?.id)).to.deep.equal(
        Array.from({ length: WRITERS }, (_, i) => `${i}`),
      );
      expect((await Promise.all(groups)).map((records) => records.map(({ id }) => id))).to.deep.equal([
        ['0', '3', '6', '9', '12', '15', '18'],
        ['1', '4', '7', '10', '13', '16', '19'],
        ['2', '5', '8', '11', '14', '17'],
        [],
      ]);
    });

    it('gives a unique value to one of many writers on both sides', async () => {
      const { one, other } = pair;

      const results = await Promise.allSettled(
        Array.from({ length: WRITERS }, (_, i) =>
          (i % 2 === 0 ? one : other).put({ id: `${i}`, email: 'one@example.com' }),
        ),
      );

      expect(results.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
      for (const result of results)
        if (result.status === 'rejected') expect(result.reason).to.be.instanceOf(UniqueViolationError);
      expect(await one.count()).to.equal(1);
      expect(await other.find('email', 'one@example.com')).to.have.length(1);
    });

    it('keeps the changes of both sides to one record', async () => {
      const { one, other } = pair;
      await one.put({ id: 'a' });

      await Promise.all(
        Array.from({ length: WRITERS }, (_, i) =>
          (i % 2 === 0 ? one : other).update('a', { [`key${i}`]: i }),
        ),
      );

      expect(Object.keys((await one.get('a')) ?? {})).to.have.length(WRITERS + 1);
    });

    it('loses none of many increments by comparing and setting on both sides', async () => {
      const { one, other } = pair;
      await one.put({ id: 'a', n: 0 });
      const increment = async (engine: StorageEngine): Promise<void> => {
        const n = Number((await engine.get('a'))?.['n']);
        if ((await engine.update('a', { n: n + 1 }, { n })) === null) await increment(engine);
      };

      await Promise.all(Array.from({ length: WRITERS }, (_, i) => increment(i % 2 === 0 ? one : other)));

      expect((await other.get('a'))?.['n']).to.equal(WRITERS);
    });

    it('lets one of two that expect the same value win, whichever side they are on', async () => {
      const { one, other } = pair;
      await one.put({ id: 'a', token: 'one' });

      const results = await Promise.all([
        one.update('a', { token: 'two' }, { token: 'one' }),
        other.update('a', { token: 'three' }, { token: 'one' }),
      ]);

      expect(results.filter((record) => record !== null)).to.have.length(1);
      expect(await one.get('a')).to.deep.equal(results.find((record) => record !== null));
    });

    it('inserts a record for one of many on both sides, also where one was that is over', async () => {
      const { one, other, clock } = pair;
      // By Redis's own clock it must not be over while a busy machine takes its time.
      const ends = clock.now + 60_000;
      const insert = (n: number) => (n % 2 === 0 ? one : other).insert({ id: 'a', n, ends: ends + n });

      const first = await Promise.all(Array.from({ length: WRITERS }, (_, n) => insert(n)));
      const stored = await one.get('a');
      clock.advance(62);
      const second = await Promise.all(Array.from({ length: WRITERS }, (_, n) => insert(n + 120_000)));

      expect(first.filter(Boolean)).to.have.length(1);
      expect(stored?.['n']).to.equal(first.indexOf(true));
      expect(second.filter(Boolean)).to.have.length(1);
      expect((await other.get('a'))?.['n']).to.equal(second.indexOf(true) + 120_000);
    });

    it('never brings a removed record back by an update of the other side', async () => {
      const { one, other } = pair;

      for (let i = 0; i < WRITERS; i += 1) {
        await one.put({ id: 'a', email: `${i}@example.com`, group: 'x' });
        await Promise.all([one.delete('a'), other.update('a', { email: `${i}x@example.com`, group: 'y' })]);

        expect(await other.get('a')).to.equal(null);
        expect(await one.find('email', `${i}x@example.com`)).to.deep.equal([]);
        expect(await one.find('group', 'y')).to.deep.equal([]);
      }
      expect(await one.count()).to.equal(0);
    });

    it('frees a unique value for the other side', async () => {
      const { one, other } = pair;
      await one.put({ id: 'a', email: 'x@example.com' });
      await one.update('a', { email: 'y@example.com' });
      await other.put({ id: 'b', email: 'x@example.com' });
      await other.delete('b');
      await one.update('a', { email: 'x@example.com' });

      expect((await other.find('email', 'x@example.com')).map(({ id }) => id)).to.deep.equal(['a']);
      expect(await other.find('email', 'y@example.com')).to.deep.equal([]);
    });

    it('has nothing left of a record that is over, on either side', async () => {
      const { one, other, clock } = pair;
      await one.put({ id: 'a', email: 'a@example.com', group: 'x', ends: clock.now + 60_000 });
      await one.put({ id: 'b', group: 'x' });
      expect(await other.find('group', 'x')).to.have.length(2);

      clock.advance(60);

      for (const engine of [one, other]) {
        expect(await engine.get('a')).to.equal(null);
        expect(await engine.find('email', 'a@example.com')).to.deep.equal([]);
        expect((await engine.find('group', 'x')).map(({ id }) => id)).to.deep.equal(['b']);
        expect((await engine.all()).map(({ id }) => id)).to.deep.equal(['b']);
        expect((await engine.page(9))?.map(({ id }) => id)).to.deep.equal(['b']);
        expect(await engine.page(9, 'a')).to.equal(null);
        expect(await engine.count()).to.equal(1);
        expect(await engine.update('a', { ends: null })).to.equal(null);
        expect(await engine.delete('a')).to.equal(false);
      }
    });

    it('gives the unique value and the id of a record that is over to a new one', async () => {
      const { one, other, clock } = pair;
      await one.put({ id: 'a', email: 'a@example.com', ends: clock.now + 60_000 });
      await one.put({ id: 'b', email: 'b@example.com', ends: clock.now + 60_000 });
      clock.advance(60);

      await other.put({ id: 'c', email: 'a@example.com' });
      await other.put({ id: 'b', email: 'new@example.com' });

      expect((await one.all()).map(({ id }) => id)).to.deep.equal(['c', 'b']);
      expect((await one.find('email', 'a@example.com'))[0]?.id).to.equal('c');
      expect(await one.find('email', 'b@example.com')).to.deep.equal([]);
    });

    it('moves the end of a record with a change of it', async () => {
      const { one, other, clock } = pair;
      await one.put({ id: 'a', ends: clock.now + 60_000 });
      await one.put({ id: 'b', ends: clock.now + 60_000 });
      await other.update('a', { ends: clock.now + 120_000 });
      await other.update('b', { ends: null });

      clock.advance(60);
      expect((await one.all()).map(({ id }) => id)).to.deep.equal(['a', 'b']);
      clock.advance(60);
      expect((await one.all()).map(({ id }) => id)).to.deep.equal(['b']);
    });

    it('keeps the tables of several models apart', async () => {
      const store = await openIn(await newPlace());
      const [one, other] = [store.engine(table), store.engine({ ...table, model: 'OtherThing' })];

      await one.put({ id: 'a', email: 'a@example.com' });
      await other.put({ id: 'a', email: 'a@example.com', group: 'x' });
      await one.delete('a');

      expect(await other.all()).to.deep.equal([{ id: 'a', email: 'a@example.com', group: 'x' }]);
      expect(await one.count()).to.equal(0);
    });

    it('answers when it is asked whether it is there', async () => {
      await (await openIn(await newPlace())).check();
    });
  });
}

import { expect } from 'chai';
import { RedisStore } from '../../../../models/engine/redis/redis_store.js';
import type { SharedStore } from '../../../../models/engine/shared_store.js';
import type { StorageEngine, StoredRecord } from '../../../../models/engine/storage_engine.js';
import { TestClock } from '../../../support/clock.js';
import { needOwnRedis, RedisProcess } from '../../../support/redis_process.js';

const SESSIONS = {
  model: 'Session',
  indexes: [
    { attribute: 'session_id', unique: true },
    { attribute: 'user_id', unique: false },
  ],
  expiresAt: (record: StoredRecord): number | null =>
    typeof record['ends'] === 'number' ? record['ends'] : null,
};

describe('what the Redis store keeps', () => {
  const clock = new TestClock();
  let server: RedisProcess;
  let store: SharedStore;
  let engine: StorageEngine;
  beforeEach(needOwnRedis);
  beforeEach(async () => {
    server = await RedisProcess.start();
    clock.now = Date.now();
    store = await RedisStore.open({ url: server.url, prefix: 'g:', warn: () => {} });
    engine = store.engine({ ...SESSIONS, now: () => clock.now });
  });
  afterEach(async () => {
    await store?.close();
    await server?.stop();
  });

  const keys = async (): Promise<string[]> => ((await server.say('KEYS', '*')) as string[]).toSorted();

  /** How often each command was carried out meanwhile, but for those of the asking itself. */
  const commandsOf = async (work: () => Promise<unknown>): Promise<Record<string, number>> => {
    await server.say('CONFIG', 'RESETSTAT');
    await work();
    const stats = String(await server.say('INFO', 'commandstats'));
    const calls = [...stats.matchAll(/cmdstat_([^:]+):calls=(\d+)/g)];
    const own = new Set(['config|resetstat', 'info']);
    return Object.fromEntries(
      calls.filter(([, name = '']) => !own.has(name)).map(([, name, count]) => [name, Number(count)]),
    );
  };

  it('has the prefix before every key, and nothing of a value in it', async () => {
    await engine.put({ id: 'one', session_id: 'secret-digest', user_id: 'ann' });

    const found = await keys();
    expect(found).to.have.length(3);
    for (const key of found) {
      expect(key).to.match(/^g:Session:(?:record|id|by:user_id):\{[\w-]{43}\}$/);
    }
  });

  it('goes by itself: every key of a record that ends has an end, and none of one that does not', async () => {
    await engine.put({ id: 'one', session_id: 'a', user_id: 'ann', ends: clock.now + 60_000 });
    const ends = await Promise.all((await keys()).map((key) => server.say('PTTL', key)));
    await engine.put({ id: 'two', session_id: 'b', user_id: 'bob' });
    const all = await Promise.all((await keys()).map((key) => server.say('PTTL', key)));

    expect(ends).to.have.length(3);
    for (const end of ends) expect(Number(end)).to.be.within(1, 60_000);
    expect(all.filter((end) => end === -1)).to.have.length(3);
  });

  it('keeps an index as long as its last record, and as its longest version', async () => {
    await engine.put({ id: 'one', session_id: 'a', user_id: 'ann', ends: clock.now + 60_000 });
    await engine.put({ id: 'two', session_id: 'b', user_id: 'ann', ends: clock.now + 20_000 });
    const index = (await keys()).find((key) => key.includes('user_id')) ?? '';
    const first = Number(await server.say('PTTL', index));
    await engine.update('two', { ends: clock.now + 90_000 });
    const [second, ...others] = await Promise.all(
      [index, ...(await keys())].map(async (key) => Number(await server.say('PTTL', key))),
    );

    expect(first).to.be.within(50_000, 60_000);
    expect(second).to.be.within(80_000, 90_000);
    // The record and the pointer of the one that was prolonged, beside the index.
    expect(others.filter((end) => end > 80_000)).to.have.length(3);
  });

  it('is really dropped by Redis when it is over', async () => {
    await engine.put({ id: 'one', session_id: 'a', user_id: 'ann', ends: Date.now() + 50 });

    while ((await keys()).length > 0);

    expect(await engine.get('one')).to.equal(null);
  });

  it('is found by its unique value with one command', async () => {
    for (const id of ['one', 'two', 'three']) await engine.put({ id, session_id: `d-${id}`, user_id: 'ann' });

    const commands = await commandsOf(async () => {
      expect((await engine.find('session_id', 'd-two'))[0]?.id).to.equal('two');
    });

    expect(commands).to.deep.equal({ get: 1 });
  });

  it('is found by who has it without a look at the records of others', async () => {
    for (let i = 0; i < 30; i += 1)
      await engine.put({ id: `${i}`, session_id: `d${i}`, user_id: `user-${i % 10}` });

    const commands = await commandsOf(async () => {
      expect((await engine.find('user_id', 'user-3')).map(({ id }) => id)).to.deep.equal(['3', '13', '23']);
    });

    expect(commands).to.deep.equal({ zrange: 1, get: 3 });
  });

  it('shares round trips among look-ups that come together', async () => {
    for (let i = 0; i < 50; i += 1) await engine.put({ id: `${i}`, session_id: `d${i}`, user_id: 'ann' });
    const reads = async (): Promise<number> =>
      Number(/total_reads_processed:(\d+)/.exec(String(await server.say('INFO', 'stats')))?.[1]);
    const before = await reads();

    await Promise.all(Array.from({ length: 50 }, (_, i) => engine.find('session_id', `d${i}`)));

    // The other connection's own questions are reads as well.
    expect((await reads()) - before).to.be.below(12);
  });

  it('takes places that lead nowhere out of an index, but not before a minute', async () => {
    for (const id of ['one', 'two', 'three']) await engine.put({ id, session_id: `d-${id}`, user_id: 'ann' });
    const all = await keys();
    const index = all.find((key) => key.includes('user_id')) ?? '';
    await engine.delete('two');
    expect(await server.say('ZCARD', index)).to.equal(3);
    const [place = ''] = (await server.say('ZRANGE', index, '0', '-1')) as string[];
    for (const member of (await server.say('ZRANGE', index, '0', '-1')) as string[])
      await server.say('ZADD', index, `${Math.floor(Date.now() / 1000) - 61}`, member);

    expect(await engine.find('user_id', 'ann')).to.have.length(2);

    expect(await server.say('ZCARD', index)).to.equal(2);
    expect(place).to.match(/^[\w-]{43}$/);
  });

  it('refuses a model with two unique indexes, of which it can keep one', () => {
    const indexes = [...SESSIONS.indexes, { attribute: 'email', unique: true }];

    expect(() => store.engine({ model: 'Two', indexes })).to.throw('more than one unique index');
  });

  it('refuses a prefix that would change what a key means', async () => {
    const bad = await RedisStore.open({ url: server.url, prefix: 'a{b}', warn: () => {} });

    expect(() => bad.engine(SESSIONS)).to.throw('prefix');
    await bad.close();
  });
});

describe('a record that moves in the Redis store', () => {
  let server: RedisProcess;
  let store: SharedStore;
  let engine: StorageEngine;
  beforeEach(needOwnRedis);
  beforeEach(async () => {
    server = await RedisProcess.start();
    store = await RedisStore.open({ url: server.url, prefix: 'g:', warn: () => {} });
    engine = store.engine(SESSIONS);
    await engine.put({ id: 'one', session_id: 'old', user_id: 'ann' });
  });
  afterEach(async () => {
    await store?.close();
    await server?.stop();
  });

  const place = (key: string): string => `g:Session:record:{${key}}`;
  const recordKeys = async (): Promise<string[]> =>
    (await server.say('KEYS', 'g:Session:record:*')) as string[];

  /** The record's own key, and the key of the value it is to have next. */
  async function bothKeys(): Promise<[string, string]> {
    const [old = ''] = await recordKeys();
    await engine.put({ id: 'other', session_id: 'new' });
    const next = (await recordKeys()).find((key) => key !== old) ?? '';
    await engine.delete('other');
    return [old, next];
  }

  /** What a move writes first, as one that was interrupted there leaves it. */
  async function leavePending(old: string, next: string): Promise<void> {
    const value = JSON.parse(String(await server.say('GET', old))) as { at: number; record: object };
    const from = old.slice(place('').length - 1, -1);
    await server.say(
      'SET',
      next,
      JSON.stringify({ ...value, record: { ...value.record, session_id: 'new' }, from }),
    );
  }

  it('leaves nothing of the old place', async () => {
    await engine.update('one', { session_id: 'new' });

    expect(await recordKeys()).to.have.length(1);
    expect(await engine.find('session_id', 'old')).to.deep.equal([]);
    expect((await engine.find('session_id', 'new'))[0]?.id).to.equal('one');
    expect((await engine.get('one'))?.['session_id']).to.equal('new');
    expect(await engine.find('user_id', 'ann')).to.have.length(1);
  });

  it('keeps the old value, and it alone, when it was interrupted before it counted', async () => {
    const [old, next] = await bothKeys();
    await leavePending(old, next);

    expect(await engine.find('session_id', 'new')).to.deep.equal([]);
    expect((await engine.find('session_id', 'old'))[0]?.id).to.equal('one');
    expect(await engine.find('user_id', 'ann')).to.have.length(1);
    expect(await engine.all()).to.have.length(1);
    expect(await engine.delete('one')).to.equal(true);
    expect(await engine.find('session_id', 'new')).to.deep.equal([]);
    expect(await engine.find('session_id', 'old')).to.deep.equal([]);
    expect(await engine.all()).to.deep.equal([]);
  });

  for (const first of ['find', 'get', 'delete', 'all', 'user', 'update'] as const)
    it(`has the new value, and it alone, when it was interrupted after it counted, and ${first} comes next`, async () => {
      const [old, next] = await bothKeys();
      await leavePending(old, next);
      // As adding to the index went before.
      const [index = ''] = (await server.say('KEYS', 'g:Session:by:user_id:*')) as string[];
      await server.say(
        'ZADD',
        index,
        `${Math.floor(Date.now() / 1000)}`,
        next.slice(place('').length - 1, -1),
      );
      await server.say('SET', old, JSON.stringify({ moved: next.slice(place('').length - 1, -1) }));
      const questions = {
        find: async () => (await engine.find('session_id', 'new')).length,
        get: async () => ((await engine.get('one'))?.['session_id'] === 'new' ? 1 : 0),
        delete: async () => ((await engine.delete('one')) ? 1 : 0),
        all: async () => (await engine.all()).length,
        user: async () => (await engine.find('user_id', 'ann')).length,
        update: async () => ((await engine.update('one', { seen: true }, { session_id: 'new' })) ? 1 : 0),
      };

      expect(await questions[first]()).to.equal(1);

      expect(await engine.find('session_id', 'old')).to.deep.equal([]);
      expect(await engine.find('session_id', 'new')).to.have.length(first === 'delete' ? 0 : 1);
      expect(await recordKeys()).to.deep.equal(first === 'delete' ? [] : [next]);
      expect(await engine.delete('one')).to.equal(first !== 'delete');
    });

  it('is found by who only reads, and left as it is', async () => {
    const [old, next] = await bothKeys();
    await leavePending(old, next);
    await server.say('SET', old, JSON.stringify({ moved: next.slice(place('').length - 1, -1) }));
    const reader = store.engine({ ...SESSIONS, isReadOnly: true });
    const kept = async () => [await server.say('GET', old), await server.say('GET', next)];
    const before = await kept();

    const found = await reader.all();

    expect(found.map((record) => record['session_id'])).to.deep.equal(['new']);
    expect(await kept()).to.deep.equal(before);
  });

  it('ends with the rest of a user, however often it moves meanwhile', async () => {
    const other = await RedisStore.open({ url: server.url, prefix: 'g:', warn: () => {} });
    const mover = other.engine(SESSIONS);
    const moves: number[] = [];
    const moving = (async () => {
      while (await mover.update('one', { session_id: `n${moves.length}` })) moves.push(1);
    })();

    while (moves.length < 20) expect(await engine.find('user_id', 'ann')).to.have.length(1);
    expect(await engine.delete('one')).to.equal(true);
    await moving;

    expect(await recordKeys()).to.deep.equal([]);
    await other.close();
  });
});

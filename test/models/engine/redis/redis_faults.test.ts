import { setImmediate as nextTurn } from 'node:timers/promises';
import { inspect } from 'node:util';
import { expect } from 'chai';
import { RedisStore } from '../../../../models/engine/redis/redis_store.js';
import type { SharedStore } from '../../../../models/engine/shared_store.js';
import { StorageUnavailableError, type StorageEngine } from '../../../../models/engine/storage_engine.js';
import { DURABLE, needOwnRedis, RedisProcess } from '../../../support/redis_process.js';

const TABLE = {
  model: 'Session',
  indexes: [
    { attribute: 'session_id', unique: true },
    { attribute: 'user_id', unique: false },
  ],
};

async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => null,
    (error: unknown) => error,
  );
}

describe('a Redis that fails', () => {
  let server: RedisProcess;
  let store: SharedStore;
  let engine: StorageEngine;
  let warnings: string[];
  const open = async (settings: Readonly<Record<string, string>>, login = ''): Promise<void> => {
    warnings = [];
    server = await RedisProcess.start(settings);
    const url = server.url.replace('//', `//${login}`);
    store = await RedisStore.open({ url, warn: (message) => warnings.push(message) });
    engine = store.engine(TABLE);
  };
  beforeEach(needOwnRedis);
  afterEach(async () => {
    await store?.close();
    await server?.stop();
  });

  /** Every operation at once; each is over within two seconds or this fails. */
  async function expectAllUnavailable(): Promise<void> {
    const start = performance.now();
    const walk = async (): Promise<void> => {
      for await (const slice of engine.slices(10)) expect(slice).to.have.length(-1);
    };
    const errors = await Promise.all(
      [
        engine.get('a'),
        engine.find('session_id', 'a'),
        engine.find('user_id', 'ann'),
        engine.put({ id: 'b', session_id: 'b', user_id: 'ann' }),
        // These wait for each other.
        engine.update('a', { seen: 1 }),
        engine.update('a', { seen: 2 }),
        engine.delete('a'),
        engine.all(),
        engine.page(1),
        engine.count(),
        walk(),
        store.check(),
      ].map(errorOf),
    );

    for (const error of errors) expect(error).to.be.instanceOf(StorageUnavailableError);
    expect(performance.now() - start).to.be.below(2000);
  }

  async function untilThere(): Promise<void> {
    while ((await errorOf(store.check())) !== null) await nextTurn();
  }

  it('answers within two seconds while it is paused, and goes on when it is there again', async () => {
    await open(DURABLE);
    await engine.put({ id: 'a', session_id: 'a', user_id: 'ann' });

    server.pause();
    await expectAllUnavailable();
    await expectAllUnavailable();
    server.resume();
    await untilThere();

    await engine.put({ id: 'c', session_id: 'c', user_id: 'ann' });
    expect((await engine.find('session_id', 'c'))[0]?.id).to.equal('c');
    expect(warnings.filter((warning) => warning.includes('away'))).to.have.length(1);
    expect(warnings.filter((warning) => warning.includes('there again'))).to.have.length(1);
  });

  it('refuses at once while it is down, and goes on with what it kept', async () => {
    await open(DURABLE);
    await engine.put({ id: 'a', session_id: 'a', user_id: 'ann' });

    await server.kill();
    await expectAllUnavailable();
    while (warnings.length === 0) await nextTurn();
    await server.restart();
    await untilThere();

    expect((await engine.find('user_id', 'ann')).map(({ id }) => id)).to.deep.equal(['a']);
    expect(warnings.filter((warning) => warning.includes('away'))).to.have.length(1);
  });

  it('loses nothing acknowledged when it is killed under load, and brings nothing back', async () => {
    await open(DURABLE);
    const there = new Set<string>();
    const gone = new Set<string>();
    const killed = new AbortController();
    const work = async (worker: number): Promise<void> => {
      for (let i = 0; !killed.signal.aborted; i += 1) {
        const id = `${worker}-${i}`;
        if ((await errorOf(engine.put({ id, session_id: id, user_id: `u${worker}` }))) !== null) return;
        there.add(id);
        if (i % 3 === 1) {
          there.delete(id);
          if ((await errorOf(engine.delete(id))) !== null) return;
          gone.add(id);
        }
        if (i % 3 === 2) {
          there.delete(id);
          if ((await errorOf(engine.update(id, { session_id: `${id}-new` }))) !== null) return;
          there.add(`${id}-new`);
          gone.add(id);
        }
      }
    };
    const workers = Array.from({ length: 10 }, (_, worker) => work(worker));
    while (gone.size < 200) await Promise.race([...workers, nextTurn()]);

    await server.kill();
    killed.abort();
    await Promise.all(workers);
    await server.restart();
    await untilThere();

    for (const value of there) expect(await engine.find('session_id', value), value).to.have.length(1);
    for (const value of gone) expect(await engine.find('session_id', value), value).to.have.length(0);
    for (const value of there) expect(await engine.get(value.replace('-new', '')), value).to.not.equal(null);
    const found = await Promise.all(workers.map((_, worker) => engine.find('user_id', `u${worker}`)));
    const values = new Set(found.flat().map((record) => record['session_id']));
    for (const value of there) expect(values.has(value), value).to.equal(true);
  });

  it('takes a connection that is cut in the midst of work for no more than that', async () => {
    await open({});
    const outcomes: string[] = [];
    const over = new AbortController();
    const work = async (worker: number): Promise<void> => {
      for (let i = 0; !over.signal.aborted; i += 1) {
        const id = `${worker}-${i}`;
        const error = await errorOf(engine.put({ id, session_id: id, user_id: `u${worker}` }));
        outcomes.push(error === null ? 'done' : (error as Error).name);
        if (error === null) expect(await errorOf(engine.get(id)).then(() => null)).to.equal(null);
        else await nextTurn();
      }
    };
    const workers = Array.from({ length: 5 }, (_, worker) => work(worker));
    for (let cut = 0; cut < 5; cut += 1) {
      const goal = outcomes.filter((outcome) => outcome === 'done').length + 20;
      while (outcomes.filter((outcome) => outcome === 'done').length < goal) await nextTurn();
      await server.say('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    }
    over.abort();
    await Promise.all(workers);
    await untilThere();

    expect(new Set(outcomes)).to.deep.equal(new Set(['done', 'StorageUnavailableError']));
    const count = outcomes.filter((outcome) => outcome === 'done').length;
    expect(await engine.count()).to.be.at.least(count);
  });

  it('says so when its memory is full or it is a replica, as for any other refusal', async () => {
    await open({ maxmemory: '3mb', 'maxmemory-policy': 'noeviction' });

    await server.say('CONFIG', 'SET', 'maxmemory', '1');
    expect(await errorOf(engine.put({ id: 'a', session_id: 'a' })))
      .to.be.instanceOf(StorageUnavailableError)
      .with.property('message')
      .that.includes('OOM');
    await server.say('CONFIG', 'SET', 'maxmemory', '0');
    const connection = async (): Promise<string | undefined> =>
      /^id=(\d+) .*name=gatehouse/m.exec(String(await server.say('CLIENT', 'LIST')))?.[1];
    const before = await connection();
    await server.say('REPLICAOF', '127.0.0.1', '1');
    expect(await errorOf(engine.put({ id: 'a', session_id: 'a' })))
      .to.be.instanceOf(StorageUnavailableError)
      .with.property('message')
      .that.includes('READONLY');
    await server.say('REPLICAOF', 'NO', 'ONE');
    while ((await errorOf(engine.put({ id: 'a', session_id: 'a' }))) !== null) await nextTurn();

    expect(await engine.count()).to.equal(1);
    // After a failover, the next connection may lead to the new master.
    expect(await connection()).to.not.equal(before);
  });

  it('is not waited for at the start', async () => {
    await open({});
    const { url } = server;
    server.pause();
    const start = performance.now();

    const paused = await errorOf(RedisStore.open({ url, warn: () => {} }));
    const waited = performance.now() - start;
    server.resume();
    await server.kill();
    const down = await errorOf(RedisStore.open({ url, warn: () => {} }));

    expect(paused).to.be.instanceOf(StorageUnavailableError);
    expect(waited).to.be.below(2000);
    expect(down).to.be.instanceOf(StorageUnavailableError);
    expect(String(down)).to.include('ECONNREFUSED');
  });

  it('answers nothing any more once it is closed, and lets the process end', async () => {
    await open({});
    const under = engine.put({ id: 'a', session_id: 'a' });

    await store.close();

    await under;
    expect(await errorOf(engine.get('a'))).to.be.instanceOf(StorageUnavailableError);
    expect(await errorOf(store.check())).to.be.instanceOf(StorageUnavailableError);
    while (/(?:name=gatehouse)/.test(String(await server.say('CLIENT', 'LIST'))));
  });

  it('never shows its password, right or wrong', async () => {
    await open({ requirepass: 'hush-hush' }, ':hush-hush@');
    const shown: unknown[] = [];

    for (const login of ['', ':hush-not@', 'hush-nobody:hush-not@'])
      shown.push(
        await errorOf(
          RedisStore.open({
            url: server.url.replace('//', `//${login}`),
            warn: (message) => shown.push(message),
          }),
        ),
      );
    await engine.put({ id: 'a', session_id: 'a' });
    await server.kill();
    shown.push(await errorOf(engine.get('a')), await errorOf(store.check()), ...warnings);

    expect(shown.filter((error) => error instanceof StorageUnavailableError)).to.have.length(5);
    expect(String(shown[0])).to.include('NOAUTH');
    expect(String(shown[1])).to.include('WRONGPASS');
    expect(inspect(shown, { depth: 20, showHidden: true })).to.not.include('hush-');
  });
});

describe('the settings of a Redis', () => {
  beforeEach(needOwnRedis);

  async function warningsOf(settings: Readonly<Record<string, string>>, acl?: string): Promise<string[]> {
    const server = await RedisProcess.start(settings);
    const warnings: string[] = [];
    if (acl !== undefined) await server.say('ACL', 'SETUSER', 'app', ...acl.split(' '));
    const url = acl === undefined ? server.url : server.url.replace('//', '//app:only-a-test@');
    const store = await RedisStore.open({ url, warn: (message) => warnings.push(message) });
    await store.close();
    await server.stop();
    return warnings;
  }

  it('are no reason to warn when nothing acknowledged can be lost', async () => {
    expect(await warningsOf(DURABLE)).to.deep.equal([]);
  });

  it('are warned of when a crash may undo something', async () => {
    expect((await warningsOf({})).join()).to.include('set appendonly yes and appendfsync always');
    expect((await warningsOf({ ...DURABLE, appendfsync: 'everysec' })).join()).to.include(
      'appendfsync is everysec',
    );
  });

  it('are warned of when full memory may remove records, and those of others', async () => {
    expect((await warningsOf({ ...DURABLE, 'maxmemory-policy': 'volatile-ttl' })).join()).to.match(
      /sessions and throttle entries .*volatile-ttl/,
    );
    expect((await warningsOf({ ...DURABLE, 'maxmemory-policy': 'allkeys-lru' })).join()).to.match(
      /any key .*allkeys-lru.*others/,
    );
  });

  it('are said to be unknown where asking is not allowed', async () => {
    const warnings = await warningsOf(DURABLE, 'on >only-a-test ~gatehouse:* +@all -config -info');

    expect(warnings.join('\n')).to.match(
      /version .* could not be checked[^]*acknowledged could not be checked/,
    );
  });
});

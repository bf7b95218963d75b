import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import { RedisStore } from '../../../../models/engine/redis/redis_store.js';
import type { SharedStore } from '../../../../models/engine/shared_store.js';
import { StorageUnavailableError, type StorageEngine } from '../../../../models/engine/storage_engine.js';
import { makeCertificate } from '../../../support/certificate.js';
import { DURABLE, needOwnRedis, RedisProcess } from '../../../support/redis_process.js';
import { tempFolder } from '../../../support/temp_storage.js';
import { describeSharedStore } from '../shared_contract.js';

const TABLE = {
  model: 'Session',
  indexes: [
    { attribute: 'session_id', unique: true },
    { attribute: 'user_id', unique: false },
  ],
};

function urlOf(kind: string, servers: readonly RedisProcess[], path = ''): string {
  return `${kind}://${servers.map(({ port }) => `127.0.0.1:${port}`).join(',')}${path}`;
}

async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => null,
    (error: unknown) => error,
  );
}

describe('a Redis Cluster', () => {
  let nodes: RedisProcess[] = [];
  let prefixes = 0;
  before(async function () {
    needOwnRedis.call(this);
    nodes = await RedisProcess.startCluster();
  });
  after(async () => {
    await Promise.all(nodes.map((node) => node.stop()));
  });

  describeSharedStore('a cluster', async () => {
    const prefix = `test-${(prefixes += 1)}:`;
    return () => RedisStore.open({ url: urlOf('redis+cluster', nodes), prefix, warn: () => {} });
  });

  describe('with a store', () => {
    let store: SharedStore;
    let engine: StorageEngine;
    let warnings: string[];
    beforeEach(async () => {
      warnings = [];
      // One of its nodes is enough to find the others.
      const url = urlOf('redis+cluster', nodes.slice(0, 1));
      store = await RedisStore.open({
        url,
        prefix: `test-${(prefixes += 1)}:`,
        warn: (message) => warnings.push(message),
      });
      engine = store.engine(TABLE);
    });
    afterEach(() => store.close());

    it('has the records of one user on all nodes', async () => {
      await Promise.all(
        Array.from({ length: 60 }, (_, i) => engine.put({ id: `${i}`, session_id: `d${i}`, user_id: 'ann' })),
      );

      expect(await engine.find('user_id', 'ann')).to.have.length(60);
      expect(await engine.count()).to.equal(60);
      for (const node of nodes)
        expect(await node.say('KEYS', `test-${prefixes}:Session:record:*`)).to.have.length.above(5);
    });

    it('fails in two seconds for what a paused node has, and not for the rest', async () => {
      const all = Array.from({ length: 30 }, (_, i) => `${i}`);
      await Promise.all(all.map((id) => engine.put({ id, session_id: id })));

      nodes[2]?.pause();
      const start = performance.now();
      const results = await Promise.all(all.map((id) => errorOf(engine.find('session_id', id))));
      const took = performance.now() - start;
      const check = await errorOf(store.check());
      nodes[2]?.resume();
      while ((await errorOf(store.check())) !== null) await nextTurn();

      const failed = results.filter((error) => error !== null);
      expect(failed).to.have.length.within(3, 20);
      for (const error of [...failed, check]) expect(error).to.be.instanceOf(StorageUnavailableError);
      expect(took).to.be.below(2000);
      for (const id of all) expect(await engine.find('session_id', id)).to.have.length(1);
    });

    it('is followed while keys are being carried over to another node', async () => {
      const [one, two] = nodes;
      const ids = await Promise.all([one, two].map(async (node) => node?.say('CLUSTER', 'MYID')));
      // The node that has a slot answers for the keys that it still has, and sends on for others.
      for (let slot = 200; slot < 400; slot += 1) {
        await two?.say('CLUSTER', 'SETSLOT', `${slot}`, 'IMPORTING', String(ids[0]));
        await one?.say('CLUSTER', 'SETSLOT', `${slot}`, 'MIGRATING', String(ids[1]));
      }

      const all = Array.from({ length: 300 }, (_, i) => `${i}`);
      const results = await Promise.all(
        all.map((key) => errorOf(engine.put({ id: key, session_id: key, user_id: key }))),
      );

      expect(results.filter((error) => error !== null)).to.deep.equal([]);
      const found = await Promise.all(all.map((key) => engine.find('session_id', key)));
      expect(found.flat().map(({ id }) => id)).to.deep.equal(all);
    });

    it("is followed when keys are another node's from now on", async () => {
      const [one, two] = nodes;
      const id = String(await two?.say('CLUSTER', 'MYID'));
      const isEmpty = async (slot: number): Promise<boolean> =>
        (await one?.say('CLUSTER', 'COUNTKEYSINSLOT', `${slot}`)) === 0;
      // Keys would have to be carried over.
      for (let slot = 0; slot < 200; slot += 1) {
        if (!(await isEmpty(slot))) continue;
        for (const node of [two, one]) await node?.say('CLUSTER', 'SETSLOT', `${slot}`, 'NODE', id);
      }

      const all = Array.from({ length: 300 }, (_, i) => `${i}`);
      const results = await Promise.all(
        all.map((key) => errorOf(engine.put({ id: key, session_id: key, user_id: key }))),
      );

      expect(results.filter((error) => error !== null)).to.deep.equal([]);
      for (const key of all) expect(await engine.find('session_id', key)).to.have.length(1);
    });
  });
});

describe('Redis Sentinel', () => {
  beforeEach(needOwnRedis);

  it('is asked for the master, and for the new one after a failover', async function () {
    this.timeout(20_000);
    const master = await RedisProcess.start(DURABLE);
    const replica = await RedisProcess.start({ ...DURABLE, replicaof: `127.0.0.1 ${master.port}` });
    while (!String(await replica.say('INFO', 'replication')).includes('master_link_status:up'))
      await nextTurn();
    const sentinel = await RedisProcess.startSentinel(master);
    const store = await RedisStore.open({
      url: urlOf('redis+sentinel', [sentinel], '/main'),
      warn: () => {},
    });
    const engine = store.engine(TABLE);
    await engine.put({ id: 'a', session_id: 'a' });
    const knowsReplica = async (): Promise<boolean> =>
      ((await sentinel.say('SENTINEL', 'REPLICAS', 'main')) as unknown[]).length === 1;
    while (!(await knowsReplica())) await nextTurn();
    while (String(await replica.say('DBSIZE')) !== String(await master.say('DBSIZE'))) await nextTurn();

    await master.kill();
    expect(await errorOf(engine.get('a'))).to.be.instanceOf(StorageUnavailableError);
    while ((await errorOf(engine.put({ id: 'b', session_id: 'b' }))) !== null) await nextTurn();

    expect((await engine.all()).map(({ id }) => id)).to.deep.equal(['a', 'b']);
    expect(String(await replica.say('INFO', 'replication'))).to.include('role:master');
    await store.close();
    await Promise.all([sentinel, replica, master].map((server) => server.stop()));
  });
});

describe('Redis with TLS', () => {
  beforeEach(needOwnRedis);

  it('is trusted by the certificates it is given, and by no others', async () => {
    const folder = await tempFolder();
    const { cert, key } = await makeCertificate(folder);
    const other = await makeCertificate(folder, 'other');
    const server = await RedisProcess.startTls(cert, key);
    const url = `rediss://127.0.0.1:${server.port}`;
    const open = async (ca: string): Promise<SharedStore> =>
      RedisStore.open({ url: `${url}${ca}`, warn: () => {} });

    const store = await open(`?ca=${encodeURIComponent(cert)}`);
    const engine = store.engine(TABLE);
    await engine.put({ id: 'a', session_id: 'a' });
    expect(await engine.find('session_id', 'a')).to.have.length(1);
    await store.close();

    for (const ca of ['', `?ca=${encodeURIComponent(other.cert)}`])
      expect(await errorOf(open(ca)))
        .to.be.instanceOf(StorageUnavailableError)
        .with.property('message')
        .that.matches(/self[- ]signed/);
    await server.stop();
  });
});

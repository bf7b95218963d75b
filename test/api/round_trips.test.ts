import { expect } from 'chai';
import { openStorage } from '../../models/storage.js';
import { buildApp, login, makeUser, statusOf } from '../support/app.js';
import { needOwnPostgres, PostgresProcess } from '../support/postgres_process.js';
import { needOwnRedis, RedisProcess } from '../support/redis_process.js';
import { commandsSent, PostgresTrips } from '../support/round_trips.js';
import { tempFolder } from '../support/temp_storage.js';

/** Somebody who is logged in, on an application over these stores. */
async function somebodyOn(stores: { readonly url?: string; readonly sessionUrl?: string }) {
  const app = buildApp({ authType: 'session_db_auth' });
  const folder = await tempFolder();
  const storage = await openStorage({ folder, ...stores, durableSessions: true, warn: () => {} });
  const credential = await login(app, await makeUser());
  // Whatever is prepared once for a connection is prepared now.
  expect(await statusOf(app, credential)).to.equal(200);
  return { me: () => statusOf(app, credential), storage };
}

describe('a request of somebody who is logged in', function () {
  this.timeout(20_000);

  describe('with everything in PostgreSQL', () => {
    beforeEach(needOwnPostgres);

    it('asks it twice: for the session, and for the user', async () => {
      const { url } = await PostgresProcess.start();
      const trips = await PostgresTrips.before(url);
      const { me, storage } = await somebodyOn({ url: trips.url });

      const before = trips.count;
      const statuses = [await me(), await me()];
      const asked = trips.count - before;
      await storage.close();

      expect(statuses).to.deep.equal([200, 200]);
      expect(asked).to.equal(4);
    });
  });

  describe('with sessions in Redis', () => {
    beforeEach(needOwnRedis);

    it('asks Redis once, where users are in files', async () => {
      const redis = await RedisProcess.start();
      const { me, storage } = await somebodyOn({ sessionUrl: redis.url });

      await commandsSent(redis);
      const statuses = [await me(), await me()];
      const sent = await commandsSent(redis);
      await storage.close();

      expect(statuses).to.deep.equal([200, 200]);
      expect(sent).to.deep.equal(['get', 'get']);
    });

    it('asks Redis once and PostgreSQL once, where users are there', async function () {
      needOwnPostgres.call(this);
      const [redis, { url }] = await Promise.all([RedisProcess.start(), PostgresProcess.start()]);
      const trips = await PostgresTrips.before(url);
      const { me, storage } = await somebodyOn({ url: trips.url, sessionUrl: redis.url });

      await commandsSent(redis);
      const before = trips.count;
      const statuses = [await me(), await me()];
      const [sent, asked] = [await commandsSent(redis), trips.count - before];
      await storage.close();

      expect(statuses).to.deep.equal([200, 200]);
      expect(sent).to.deep.equal(['get', 'get']);
      expect(asked).to.equal(2);
    });
  });
});

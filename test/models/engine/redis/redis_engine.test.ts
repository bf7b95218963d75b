import { RedisStore } from '../../../../models/engine/redis/redis_store.js';
import { needRedis, newPrefix, redisUrl } from '../../../support/redis_process.js';
import { describeSharedStore } from '../shared_contract.js';

describe('the Redis engine', () => {
  beforeEach(needRedis);

  describeSharedStore('redis', async () => {
    const url = await redisUrl();
    const prefix = await newPrefix(url);
    return () => RedisStore.open({ url, prefix, warn: () => {} });
  });
});

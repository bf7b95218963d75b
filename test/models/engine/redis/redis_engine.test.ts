import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
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

describe('the client of Redis', () => {
  it('is not loaded before a store is opened', () => {
    const store = new URL('../../../../models/engine/redis/redis_store.js', import.meta.url).href;
    const loaded = `Object.keys(require('node:module')._cache).filter((path) => path.includes('ioredis')).length`;
    const open = `RedisStore.open({ url: 'redis://127.0.0.1:1', warn: () => {} }).catch(() => {})`;
    const program = `import('${store}').then(async ({ RedisStore }) => {
      const before = ${loaded}; await ${open}; console.log(before, ${loaded} > 0); })`;

    const output = execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' });

    expect(output).to.equal('0 true\n');
  });
});

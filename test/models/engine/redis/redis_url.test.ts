import { expect } from 'chai';
import { parseRedisUrl } from '../../../../models/engine/redis/redis_url.js';

const PLAIN = {
  username: null,
  password: null,
  db: 0,
  master: '',
  sentinelUsername: null,
  sentinelPassword: null,
  tls: false,
  ca: null,
};

describe('a Redis URL', () => {
  it('names one server', () => {
    expect(parseRedisUrl('redis://cache')).to.deep.equal({
      ...PLAIN,
      kind: 'single',
      hosts: [{ host: 'cache', port: 6379 }],
    });
    expect(parseRedisUrl('rediss://ann:p%40ss%3A@[::1]:6380/3?ca=/etc/ca%20.pem')).to.deep.equal({
      ...PLAIN,
      kind: 'single',
      hosts: [{ host: '::1', port: 6380 }],
      username: 'ann',
      password: 'p@ss:',
      db: 3,
      tls: true,
      ca: '/etc/ca .pem',
    });
    expect(parseRedisUrl('redis://:secret@h/').password).to.equal('secret');
  });

  it('names sentinels and what they call the master', () => {
    const url = 'redis+sentinel://:secret@s1,s2:26380/main/2?sentinel_password=other';

    expect(parseRedisUrl(url)).to.deep.equal({
      ...PLAIN,
      kind: 'sentinel',
      hosts: [
        { host: 's1', port: 26379 },
        { host: 's2', port: 26380 },
      ],
      password: 'secret',
      db: 2,
      master: 'main',
      sentinelPassword: 'other',
    });
  });

  it('names nodes of a cluster', () => {
    const { kind, hosts, tls } = parseRedisUrl('rediss+cluster://h1:7000,h2:7001,h3');

    expect({ kind, hosts, tls }).to.deep.equal({
      kind: 'cluster',
      hosts: [
        { host: 'h1', port: 7000 },
        { host: 'h2', port: 7001 },
        { host: 'h3', port: 6379 },
      ],
      tls: true,
    });
  });

  for (const [url = '', reason = ''] of [
    ['http://:hush-hush@h', 'must begin with'],
    ['redis:/:hush-hush@h', 'must begin with'],
    ['redis+mirror://:hush-hush@h', 'must begin with'],
    ['redis://hush-hush@h', 'colon before it'],
    ['redis://:hush@hush-hush@h', 'percent-encoded'],
    ['redis://:hush/hush-hush@h', 'host or port'],
    ['redis://:hush-hush%@h', '%25'],
    ['redis://:hush-hush@', 'percent-encoded'],
    ['redis://:hush-hush@h:0', 'port'],
    ['redis://:hush-hush@h:65536', 'port'],
    ['redis://h:hush-hush', 'port'],
    ['redis://:hush-hush@h,i', 'one host'],
    ['redis://:hush-hush@h/hush-hush', 'number'],
    ['redis://:hush-hush@h/1/2', 'number'],
    ['redis://:hush-hush@h?ca=/hush-hush', 'rediss://'],
    ['redis://h?password=hush-hush', 'options'],
    ['redis://h?sentinel_password=hush-hush', 'sentinels'],
    ['redis+sentinel://:hush-hush@h', 'name of the master'],
    ['redis+cluster://:hush-hush@h/1', 'no database'],
  ])
    it(`is refused without being shown: ${url.replaceAll('hush', 'x')}`, () => {
      expect(() => parseRedisUrl(url))
        .to.throw(reason)
        .with.property('message')
        .that.does.not.include('hush');
    });
});

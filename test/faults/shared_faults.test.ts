import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { needOwnPostgres, runSql } from '../support/postgres_process.js';
import { needOwnRedis } from '../support/redis_process.js';
import { Deployment } from './deployment.js';

/** How often each thing happens; `npm run test:faults` has more of it. */
const TIMES = Number(process.env['KILLS'] ?? '1');
/** Milliseconds that something which was killed is away. */
const AWAY = 300;
/** Milliseconds that something stands still: longer than anybody waits for it. */
const PAUSE = 3000;

type Fault = (deployment: Deployment) => Promise<void>;

/** What happens to whom, and whether requests must fail for it. */
const FAULTS: readonly (readonly [what: string, fault: Fault])[] = [
  [
    'one of the servers is killed and started again',
    async (deployment) => {
      deployment.servers[0]?.kill('SIGKILL');
      await deployment.answered();
      await deployment.startServer(0);
    },
  ],
  [
    'Redis is killed and started again',
    async ({ redis }) => {
      await redis.kill();
      await sleep(AWAY);
      await redis.restart();
    },
  ],
  [
    'PostgreSQL is killed and started again',
    async ({ postgres }) => {
      await postgres.kill();
      await sleep(AWAY);
      await postgres.restart();
    },
  ],
  [
    'Redis stands still for three seconds',
    async ({ redis }) => {
      redis.pause();
      await sleep(PAUSE);
      redis.resume();
    },
  ],
  [
    'PostgreSQL stands still for three seconds',
    async ({ postgres }) => {
      postgres.pause();
      await sleep(PAUSE);
      postgres.resume();
    },
  ],
  [
    'all connections to PostgreSQL wait for a lock',
    async (deployment) => {
      const { url } = deployment;
      await runSql(
        url,
        `begin; lock table gatehouse_user in access exclusive mode; select pg_sleep(${PAUSE / 1000}); commit`,
      );
    },
  ],
  [
    'connections are cut off in the midst of what they do',
    async ({ postgres, redis }) => {
      for (let times = 0; times < 5; times += 1) {
        await runSql(
          postgres.url,
          `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'gatehouse'`,
        );
        await redis.say('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
        await sleep(50);
      }
    },
  ],
];

describe('two servers on PostgreSQL and Redis lose nothing and bring nothing back when', function () {
  this.timeout(20_000 + TIMES * 15_000);
  beforeEach(needOwnPostgres);
  beforeEach(needOwnRedis);

  for (const [what, fault] of FAULTS) {
    it(what, async () => {
      const deployment = await Deployment.start();

      try {
        for (let times = 0; times < TIMES; times += 1) {
          await fault(deployment);
          await deployment.answered();
        }
        const { unavailable, unanswered } = await deployment.check();

        // It was in mid-load.
        expect(unavailable + unanswered).to.be.above(0);
      } finally {
        await deployment.end();
      }
    });
  }
});

import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { Client } from '../../bench/lib/client.js';
import { PostgresProcess, postgresUrl } from '../support/postgres_process.js';
import { DURABLE, RedisProcess } from '../support/redis_process.js';
import { ServerProcess } from '../support/server_process.js';
import { tempFolder } from '../support/temp_storage.js';
import { ask, Customer } from './customer.js';
import { Ledger } from './ledger.js';

const CUSTOMERS = 6;
/** Acknowledged requests before and after a fault: enough that it falls into the midst of some. */
const WARM = 80;
const ME = ['GET', '/api/v1/users/me'] as const;

/** Two servers on PostgreSQL with sessions in Redis, both such that they lose nothing acknowledged, and customers. */
export class Deployment {
  readonly postgres: PostgresProcess;
  readonly redis: RedisProcess;
  readonly ledger = new Ledger();
  readonly servers: ServerProcess[] = [];
  readonly #clients: Client[] = [];
  readonly #env: Readonly<Record<string, string>>;
  #isOpen = true;
  #working: Promise<unknown> = Promise.resolve();

  private constructor(postgres: PostgresProcess, redis: RedisProcess, env: Readonly<Record<string, string>>) {
    this.postgres = postgres;
    this.redis = redis;
    this.#env = env;
  }

  /** The database's place, for an administrator. */
  get url(): string {
    const url = new URL(this.#env['STORAGE_URL'] ?? '');
    url.searchParams.delete('connection_limit');
    return url.href;
  }

  /** Resolves once the customers are busy. */
  static async start(): Promise<Deployment> {
    const [postgres, redis] = await (engines ??= startEngines());
    // Few connections, so that every one of them is at work.
    const url = new URL(await postgresUrl(postgres));
    url.searchParams.set('connection_limit', '4');
    const deployment = new Deployment(postgres, redis, {
      AUTH_TYPE: 'session_db_auth',
      SCRYPT_COST: '2,8,1',
      STORAGE_DIR: await tempFolder(),
      STORAGE_URL: url.href,
      SESSION_STORAGE_URL: redis.url,
    });
    await Promise.all([deployment.startServer(0), deployment.startServer(1)]);
    const customers = Array.from(
      { length: CUSTOMERS },
      (_, index) => new Customer(`customer${index}`, deployment.ledger, () => deployment.#clients),
    );
    deployment.#working = Promise.all(customers.map(async (customer) => deployment.#work(customer)));
    await deployment.answered(WARM);
    return deployment;
  }

  /** Starts one of the servers, for the first time or after it was killed. */
  async startServer(which: 0 | 1): Promise<void> {
    const server = ServerProcess.node(this.#env);
    this.servers[which] = server;
    const port = await server.port();
    this.#clients[which]?.close();
    this.#clients[which] = new Client(port);
  }

  /** Resolves once so many more requests were answered with what the customer wanted. */
  async answered(count = WARM): Promise<void> {
    const good = (): number => (this.ledger.answers.get(200) ?? 0) + (this.ledger.answers.get(201) ?? 0);
    for (const enough = good() + count; good() < enough;) {
      expect([...this.ledger.wrong]).to.deep.equal([]);
      await sleep(5);
    }
  }

  /**
   * Ends the customers' work and compares what both servers say with what was acknowledged.
   * @returns how many answers 503 there were, and requests that were never answered.
   */
  async check(): Promise<{ readonly unavailable: number; readonly unanswered: number }> {
    const { ledger } = this;
    await this.end();
    const [unavailable = 0, unanswered = 0] = [503, 0].map((status) => ledger.answers.get(status));
    await Promise.all(this.#clients.map(async (client) => this.#checkOn(client)));
    expect([...ledger.wrong]).to.deep.equal([]);
    expect(ledger.ended.size).to.be.above(0);
    expect(ledger.open.size).to.be.above(0);
    return { unavailable, unanswered };
  }

  /** Has the customers stop, whatever else happened. */
  async end(): Promise<void> {
    this.#isOpen = false;
    await this.#working;
  }

  async #checkOn(client: Client): Promise<void> {
    const { ledger } = this;
    // A server may still be connecting to what was away.
    const answerOf = async (...question: readonly [Parameters<typeof ask>[2], Parameters<typeof ask>[3]]) => {
      for (;;) {
        const { status } = await ask(ledger, client, ...question);
        if (status !== 503) return status;
        await sleep(20);
      }
    };
    const statusOf = async (cookie: string) => answerOf(ME, { cookie });
    const accepts = async (email: string, password: string) =>
      (await answerOf(['POST', '/auth/login'], { body: { email, password } })) === 200;
    for (const cookie of ledger.open.keys())
      if ((await statusOf(cookie)) !== 200) ledger.wrong.add('an acknowledged session is lost');
    for (const cookie of ledger.ended)
      if ((await statusOf(cookie)) !== 403) ledger.wrong.add('an ended session is open again');
    for (const [email, password] of ledger.accounts)
      if (!(await accepts(email, password))) ledger.wrong.add('an acknowledged password is not the one');
    for (const { email, passwords } of ledger.openChanges) {
      const good = [await accepts(email, passwords[0]), await accepts(email, passwords[1])];
      if (good[0] === good[1]) ledger.wrong.add('a password change is half done');
    }
    client.close();
  }

  async #work(customer: Customer): Promise<void> {
    while (this.#isOpen) {
      await customer.step();
      // Who gets no answer tries again, and not at once: this machine has others to serve.
      await sleep(2);
    }
  }
}

let engines: Promise<[PostgresProcess, RedisProcess]> | null = null;

async function startEngines(): Promise<[PostgresProcess, RedisProcess]> {
  return Promise.all([
    PostgresProcess.start({ synchronous_commit: 'on', fsync: 'on' }),
    RedisProcess.start(DURABLE),
  ]);
}

import type { Cluster, Redis } from 'ioredis';
import type { Client } from './client.js';
import { ADD_MEMBER, DROP_MEMBERS, PROLONG, SWAP, type Script } from './scripts.js';

/** Answers that say that nothing was done, and to ask elsewhere or again. */
const REDIRECTED = /^(?:MOVED|ASK|TRYAGAIN) /;

/** What one operation may ask of Redis: each command touches one key, and none is sent once its time is over. */
export class Commands {
  readonly #client: Client;
  #isOver = false;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Lets no further command out. */
  end(): void {
    this.#isOver = true;
  }

  async get(key: string): Promise<string | null> {
    return this.#send(() => this.#client.get(key), 'get', key);
  }

  /**
   * Compares and sets: replaces the expected text (empty: none) by another (empty: removes it), which expires then
   * (milliseconds since 1970; null: never).
   * @returns null when it is done, else the text that is there instead, empty for none.
   */
  async swap(key: string, expected: string, next: string, expiresAt: number | null): Promise<string | null> {
    return (await this.#run(SWAP, key, expected, next, timeOf(expiresAt))) as string | null;
  }

  /** Keeps a key until then at least (milliseconds since 1970; null: for ever). */
  async prolong(key: string, expiresAt: number | null): Promise<void> {
    await this.#run(PROLONG, key, timeOf(expiresAt));
  }

  async addMember(key: string, member: string, expiresAt: number | null): Promise<void> {
    await this.#run(ADD_MEMBER, key, member, timeOf(expiresAt));
  }

  async members(key: string): Promise<string[]> {
    return this.#send(() => this.#client.zrange(key, '0', '-1'), 'zrange', key, '0', '-1');
  }

  /** Takes members out unless they were added within so many seconds. */
  async dropMembers(key: string, seconds: number, members: readonly string[]): Promise<void> {
    if (members.length > 0) await this.#run(DROP_MEMBERS, key, `${seconds}`, ...members);
  }

  /** The servers that have keys, each with a part of them. */
  servers(): readonly Redis[] {
    this.#assertReady();
    return this.#client.isCluster ? (this.#client as Cluster).nodes('master') : [this.#client as Redis];
  }

  /** A part of the keys that match a pattern, and from where to go on; "0" at the end. A key may come twice. */
  async scan(server: Redis, cursor: string, pattern: string, count: number): Promise<[string, string[]]> {
    this.#assertReady();
    return server.scan(cursor, 'MATCH', pattern, 'COUNT', count);
  }

  async #run({ sha, source }: Script, key: string, ...args: string[]): Promise<unknown> {
    try {
      return await this.#send(
        () => this.#client.evalsha(sha, 1, key, ...args),
        'evalsha',
        sha,
        '1',
        key,
        ...args,
      );
    } catch (error) {
      // The server, or this node of it, does not know the script yet.
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return this.#send(() => this.#client.eval(source, 1, key, ...args), 'eval', source, '1', key, ...args);
    }
  }

  /** The same command is given as a call, and as its words for a second try. */
  async #send<T>(call: () => Promise<T>, ...[name, ...args]: readonly [string, ...string[]]): Promise<T> {
    this.#assertReady();
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof Error) || !REDIRECTED.test(error.message)) throw error;
      // The client goes where it is sent to, but not when others of one pipeline were answered: so once more, alone.
      const { Command } = await import('ioredis');
      this.#assertReady();
      return this.#client.sendCommand(new Command(name, args, { replyEncoding: 'utf8' })) as Promise<T>;
    }
  }

  #assertReady(): void {
    if (this.#isOver) throw new Error('Redis did not answer in time');
    if (this.#client.status !== 'ready') throw new Error('Connection is closed.');
  }
}

function timeOf(expiresAt: number | null): string {
  return expiresAt === null ? '' : `${Math.max(1, Math.ceil(expiresAt))}`;
}

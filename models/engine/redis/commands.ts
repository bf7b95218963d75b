import type { Cluster, Redis } from 'ioredis';
import type { Client } from './client.js';
import { ADD_MEMBER, DROP_MEMBERS, PROLONG, SWAP, type Script } from './scripts.js';

/**
 * What says that nothing was done because somebody else has the key by now: the node's answer, and what the client
 * makes of it when others of one pipeline had other answers.
 */
const MOVED = /^(?:MOVED |All keys in the pipeline|Too many Cluster redirections)/;
/** The key is being carried over to another node: said of this command only. */
const ASK = /^ASK /;
const MOST_MOVES = 5;

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

  /** The same command is given as a call, and as its words for a try by itself. */
  async #send<T>(call: () => Promise<T>, ...[name, ...args]: readonly [string, ...string[]]): Promise<T> {
    for (let moves = 0; ; moves += 1) {
      this.#assertReady();
      try {
        return await call();
      } catch (error) {
        const message = error instanceof Error ? error.message : '';
        if (ASK.test(message)) return (await this.#sendAlone(name, args)) as T;
        if (!MOVED.test(message) || moves === MOST_MOVES) throw error;
        await this.#askWhoHasWhat();
      }
    }
  }

  /** The client asks the node that it is told to ask, but not for a part of a pipeline. */
  async #sendAlone(name: string, args: readonly string[]): Promise<unknown> {
    const { Command } = await import('ioredis');
    this.#assertReady();
    return this.#client.sendCommand(new Command(name, [...args], { replyEncoding: 'utf8' }));
  }

  async #askWhoHasWhat(): Promise<void> {
    // Whether it could be asked shows in the next try.
    await new Promise<void>((done) => (this.#client as Cluster).refreshSlotsCache(() => done()));
  }

  #assertReady(): void {
    if (this.#isOver) throw new Error('Redis did not answer in time');
    if (this.#client.status !== 'ready') throw new Error('Connection is closed.');
  }
}

function timeOf(expiresAt: number | null): string {
  return expiresAt === null ? '' : `${Math.max(1, Math.ceil(expiresAt))}`;
}

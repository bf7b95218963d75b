import type { SharedStore, TableOptions } from '../shared_store.js';
import type { StorageEngine } from '../storage_engine.js';
import { Connection } from './connection.js';
import { RedisEngine } from './redis_engine.js';
import { parseRedisUrl } from './redis_url.js';
import { checkServers } from './server_checks.js';

export interface RedisOptions {
  /** redis:// or rediss://, with +sentinel or +cluster; docs/redis.md has the forms. */
  readonly url: string;
  /** What all keys begin with, so that others may use the same database. */
  readonly prefix?: string;
  /** Told about anything an operator should know; never with a password in it. */
  readonly warn: (message: string) => void;
}

/** Redis as a store for records that expire, such as sessions. What it promises is up to its settings: docs/redis.md. */
export class RedisStore implements SharedStore {
  readonly #connection: Connection;
  readonly #prefix: string;

  private constructor(connection: Connection, prefix: string) {
    this.#connection = connection;
    this.#prefix = prefix;
  }

  /**
   * Connects, and warns of settings by which something may be lost.
   * @throws Error for a bad URL or a server that is too old; StorageUnavailableError when nobody answers.
   */
  static async open({ url, prefix = 'gatehouse:', warn }: RedisOptions): Promise<SharedStore> {
    const connection = await Connection.open(parseRedisUrl(url), warn);
    try {
      await checkServers(connection);
      return new RedisStore(connection, prefix);
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  engine(options: TableOptions): StorageEngine {
    return new RedisEngine(this.#connection, this.#prefix, options);
  }

  /** Asks every server that has keys. */
  async check(): Promise<void> {
    await this.#connection.attempt((commands) =>
      Promise.all(commands.servers().map((server) => server.ping())),
    );
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }
}

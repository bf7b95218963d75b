import type { Redis } from 'ioredis';
import { StorageUnavailableError, UniqueViolationError } from '../storage_engine.js';
import { makeClient, type Client } from './client.js';
import { Commands } from './commands.js';
import { Reasons } from './reasons.js';
import { nameOf, type RedisAddress } from './redis_url.js';

/** What one operation may take, in milliseconds: nobody waits two seconds for a store that is away. */
const PATIENCE = 1800;

/** The connection to Redis that the engines of a store share. It is connected to again by itself. */
export class Connection {
  readonly #client: Client;
  readonly #reasons: Reasons;
  readonly #name: string;
  readonly #warn: (message: string) => void;
  readonly #underWay = new Set<Promise<unknown>>();
  /** Those who were answering and no longer do: nodes of a cluster, or the one server. */
  readonly #away = new Set<string>();
  #state: 'starting' | 'open' | 'closed' = 'starting';

  private constructor(client: Client, address: RedisAddress, warn: (message: string) => void) {
    this.#client = client;
    this.#reasons = new Reasons(address);
    this.#name = nameOf(address);
    this.#warn = warn;
    // Without a listener the client writes to the console itself.
    client.on('error', (error: unknown) => this.#lost(error, this.#name));
    client.on('node error', (error: unknown, node: string) => this.#lost(error, node));
    client.on('ready', () => this.#found(this.#name));
    client.on('+node', (node: Redis) => {
      node.on('ready', () => this.#found(`${node.options.host ?? ''}:${node.options.port ?? ''}`));
    });
  }

  /** @throws StorageUnavailableError when nobody answers in time, or the password is wrong. */
  static async open(address: RedisAddress, warn: (message: string) => void): Promise<Connection> {
    const connection = new Connection(await makeClient(address), address, warn);
    try {
      await connection.#connect();
      return connection;
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  /**
   * Does something that takes some commands.
   * @throws StorageUnavailableError within two seconds when it cannot be done, or nobody knows whether it was.
   */
  async attempt<T>(work: (commands: Commands) => Promise<T>): Promise<T> {
    if (this.#state === 'closed') throw new StorageUnavailableError('it is closed');
    const commands = new Commands(this.#client);
    const attempt = this.#inTime(() => work(commands)).finally(() => {
      commands.end();
      this.#underWay.delete(attempt);
    });
    this.#underWay.add(attempt);
    return attempt;
  }

  warn(message: string, server = this.#name): void {
    try {
      this.#warn(`${server}: ${message}`);
    } catch {
      // A log that fails must not take with it those who wait for an answer.
    }
  }

  async close(): Promise<void> {
    this.#state = 'closed';
    await Promise.allSettled(this.#underWay);
    this.#client.disconnect();
  }

  async #connect(): Promise<void> {
    await this.#inTime(() => this.#client.connect());
    this.#state = 'open';
  }

  async #inTime<T>(work: () => Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('Redis did not answer in time')), PATIENCE);
    });
    try {
      return await Promise.race([work(), late]);
    } catch (error) {
      if (error instanceof UniqueViolationError || error instanceof StorageUnavailableError) throw error;
      throw this.#reasons.unavailable(error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Warns once for each outage: the client tries again many times. */
  #lost(error: unknown, server: string): void {
    const reason = this.#reasons.note(error);
    if (this.#state !== 'open' || this.#away.has(server)) return;
    this.#away.add(server);
    this.warn(`Redis is away, and is being connected to again: ${reason}`, server);
  }

  #found(server: string): void {
    this.#reasons.forget();
    if (this.#away.delete(server) && this.#state === 'open') this.warn('Redis is there again', server);
  }
}

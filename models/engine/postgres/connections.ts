import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres, { type Sql } from 'postgres';
import { StorageUnavailableError } from '../storage_engine.js';
import { Deadline } from './deadline.js';
import { failureOf, sqlErrorOf } from './failures.js';
import type { PostgresTarget } from './postgres_url.js';

/** Milliseconds for a connection to be made, the server's greeting included. */
const CONNECT_PATIENCE = 1500;
/** Milliseconds between two tries to connect again: the first and the longest pause. */
const FIRST_PAUSE = 50;
const LONGEST_PAUSE = 2000;

/** What comes back: texts, numbers or nulls, in the order of the columns, and how many rows were touched. */
export interface Rows {
  readonly rows: readonly (readonly (string | number | null)[])[];
  readonly count: number;
}

export type Value = string | number | null;

interface Client {
  readonly sql: Sql;
  readonly sockets: Set<Socket>;
}

const LATE = Symbol('late');

/**
 * A pool of connections that never keeps anybody waiting for long. When the server does not answer, all connections
 * are dropped, everything asked for fails at once, and a try to connect again is made now and then until it is back.
 */
export class Connections {
  readonly #target: PostgresTarget;
  readonly #warn: (message: string) => void;
  #client: Client;
  /** Why nothing can be asked at present; null: it can. */
  #away: string | null = null;
  #isClosed = false;
  /** When the server last said anything, by performance.now(). */
  #heardAt = 0;

  constructor(target: PostgresTarget, warn: (message: string) => void) {
    this.#target = target;
    this.#warn = warn;
    this.#client = open(target);
  }

  /**
   * Runs one statement, which is a transaction of its own.
   * @param isRepeatable true when it may run twice, as a query may.
   * @throws SqlError when the server refuses it; StorageUnavailableError when it cannot be asked, or gives no answer in
   * time: nobody knows then whether a change was made.
   */
  async run(
    text: string,
    values: readonly Value[],
    deadline: Deadline,
    isRepeatable: boolean,
  ): Promise<Rows> {
    for (;;) {
      const outcome = await this.#try(text, values, deadline);
      if ('rows' in outcome) return outcome;
      const failure = failureOf(outcome.error);
      if (failure === 'answer') throw sqlErrorOf(outcome.error);
      const { message } = sqlErrorOf(outcome.error);
      const mayRepeat = failure === 'again' || (failure === 'lost' && isRepeatable && this.#away === null);
      if (!mayRepeat || deadline.left < 100) throw this.#unavailable(message);
      await sleep(5 + Math.random() * 20);
    }
  }

  /** Drops all connections; what is under way fails. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#away ??= 'the store is closed';
    await drop(this.#client);
  }

  async #try(
    text: string,
    values: readonly Value[],
    deadline: Deadline,
  ): Promise<Rows | { readonly error: unknown }> {
    if (this.#away !== null) throw this.#unavailable(this.#away);
    if (deadline.left === 0) throw this.#unavailable('it took too long');
    const client = this.#client;
    const askedAt = performance.now();
    const query = client.sql.unsafe(text, values as Value[], { prepare: true }).values();
    try {
      const result = await deadline.race(query, LATE);
      if (result === LATE) {
        this.#giveUp(client, askedAt, query);
        throw this.#unavailable('it did not answer in time');
      }
      this.#heardAt = performance.now();
      return { rows: result as unknown as Rows['rows'], count: result.count };
    } catch (error) {
      if (error instanceof StorageUnavailableError) throw error;
      const failure = failureOf(error);
      if (failure === 'refused') this.#leave(client, sqlErrorOf(error).message);
      else if (failure !== 'lost') this.#heardAt = performance.now();
      return { error };
    }
  }

  /** One that is late while others are answered is late by itself: it waits for a lock, or the pool is full. */
  #giveUp(client: Client, askedAt: number, query: { cancel(): unknown }): void {
    if (this.#heardAt <= askedAt) this.#leave(client, 'it did not answer in time');
    else void Promise.resolve(query.cancel()).catch(() => {});
  }

  #leave(client: Client, reason: string): void {
    if (client !== this.#client || this.#away !== null) return;
    this.#away = reason;
    void drop(client);
    this.#warn(`PostgreSQL (${this.#target.label}) is away: ${reason}`);
    void this.#comeBack();
  }

  async #comeBack(): Promise<void> {
    for (let pause = FIRST_PAUSE; !this.#isClosed; pause = Math.min(LONGEST_PAUSE, pause * 2)) {
      await sleep(pause * (0.5 + Math.random() / 2), null, { ref: false });
      const client = open(this.#target);
      const greeting = await new Deadline(CONNECT_PATIENCE)
        .race(client.sql`select 1`, LATE)
        .catch((error: unknown) => {
          this.#away = sqlErrorOf(error).message;
          return LATE;
        });
      if (greeting === LATE || this.#isClosed) {
        await drop(client);
        continue;
      }
      this.#client = client;
      this.#away = null;
      this.#warn(`PostgreSQL (${this.#target.label}) is back`);
      return;
    }
  }

  #unavailable(reason: string): StorageUnavailableError {
    return new StorageUnavailableError(new Error(`PostgreSQL (${this.#target.label}): ${reason.trim()}`));
  }
}

/** A pool of the client library, with nothing of it left to the environment. */
function open(target: PostgresTarget): Client {
  const sockets = new Set<Socket>();
  const socket = (): Socket => {
    const { host, port, path } = target;
    const made = path === null ? connect({ host, port, noDelay: true }) : connect({ path });
    sockets.add(made);
    made.once('close', () => sockets.delete(made));
    // The library looks here for the name to expect in the server's certificate.
    return Object.assign(made, { host, port });
  };
  const options = {
    host: target.host,
    port: target.port,
    database: target.database,
    user: target.user,
    // As a function: the library looks for another one in the environment when the text is empty.
    password: () => target.password,
    ssl: target.ssl,
    max: target.connections,
    connect_timeout: CONNECT_PATIENCE / 1000,
    idle_timeout: 600,
    max_lifetime: 3600,
    // Nothing waits behind another statement, and a statement can be cancelled without hitting its neighbour.
    max_pipeline: 0,
    keep_alive: 60,
    backoff: 0.05,
    fetch_types: false,
    no_subscribe: true,
    debug: false,
    sslnegotiation: null,
    onnotice: () => {},
    connection: {
      ...target.parameters,
      ...(target.statementTimeout > 0 ? { statement_timeout: target.statementTimeout } : {}),
    },
    socket,
  };
  return { sql: postgres(options as unknown as postgres.Options<Record<string, never>>), sockets };
}

/** Ends a pool without a farewell: a server that is stuck would never answer it. */
async function drop({ sql, sockets }: Client): Promise<void> {
  await sql.end({ timeout: 0 }).catch(() => {});
  for (const socket of sockets) socket.destroy();
}

import { readFile } from 'node:fs/promises';
import type { Cluster, Redis, RedisOptions } from 'ioredis';
import type { RedisAddress } from './redis_url.js';

export type Client = Redis | Cluster;

/** The client's type of options says less of their absence than ours: what we leave out is absent. */
type Options = Omit<RedisOptions, 'replyMapping'>;

/** Within which one command, one connection and silence must end, in milliseconds: less than an operation has. */
const PATIENCE = 1500;
const BACKOFF = { first: 50, most: 2000 };

/**
 * Makes a client that is not connected yet. It keeps no commands for later and sends none a second time: what a lost
 * connection did not answer has failed, and only its caller knows whether it may be done again.
 */
export async function makeClient(address: RedisAddress): Promise<Client> {
  // Loaded here because those who keep everything in files have no use for it.
  const { Cluster: ClusterClient, Redis: RedisClient } = await import('ioredis');
  const options = await optionsOf(address);
  if (address.kind === 'cluster')
    return new ClusterClient([...address.hosts], {
      lazyConnect: true,
      redisOptions: options,
      enableAutoPipelining: true,
      clusterRetryStrategy: backoff,
      slotsRefreshTimeout: PATIENCE,
      slotsRefreshInterval: 10_000,
      // MOVED and ASK say that nothing was done; a lost connection does not.
      maxRedirections: 5,
      retryDelayOnFailover: 0,
      retryDelayOnClusterDown: 0,
    });
  return new RedisClient({
    ...options,
    ...(address.kind === 'single' ? address.hosts[0] : sentinelOptions(address, options)),
    lazyConnect: true,
    enableAutoPipelining: true,
    enableOfflineQueue: false,
    retryStrategy: backoff,
  });
}

async function optionsOf(address: RedisAddress): Promise<Options> {
  const tls = address.ca === null ? {} : { ca: await readFile(address.ca) };
  return {
    ...(address.username === null ? {} : { username: address.username }),
    ...(address.password === null ? {} : { password: address.password }),
    ...(address.tls ? { tls } : {}),
    db: address.db,
    connectionName: 'gatehouse',
    disableClientInfo: true,
    // RESP2 has everything we ask for, and sends the password in AUTH, which no server repeats.
    protocol: 2,
    connectTimeout: PATIENCE,
    commandTimeout: PATIENCE,
    socketTimeout: PATIENCE,
    disconnectTimeout: 200,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    // A master that became a replica after a failover: the next connection is asked for anew.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  };
}

function sentinelOptions(address: RedisAddress, { tls }: Options): Options {
  return {
    sentinels: [...address.hosts],
    name: address.master,
    ...(address.sentinelUsername === null ? {} : { sentinelUsername: address.sentinelUsername }),
    ...(address.sentinelPassword === null ? {} : { sentinelPassword: address.sentinelPassword }),
    ...(tls ? { sentinelTLS: tls, enableTLSForSentinelMode: true } : {}),
    sentinelCommandTimeout: PATIENCE,
    sentinelRetryStrategy: backoff,
  };
}

/** Milliseconds until the next try, longer each time; spread, so that many processes do not come at once. */
function backoff(times: number): number {
  return Math.min(BACKOFF.first * 2 ** Math.min(times - 1, 10), BACKOFF.most) * (0.5 + Math.random() / 2);
}

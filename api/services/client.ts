import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type Koa from 'koa';
import type { Request } from 'koa';
import type { Logger } from 'pino';
import proxyAddr from 'proxy-addr';
import type { State } from '../context.js';

/** Whether to believe the peer (hop 0) or a proxy behind it, by its address. */
export type Trust = (address: string, hop: number) => boolean;

/** Where a request comes from, as far as trusted proxies say. */
export interface Client {
  /** An IPv4 or IPv6 address without port; empty once the connection is gone. */
  readonly ip: string;
  readonly protocol: 'http' | 'https';
  /** Name and port that the client asked for; null: the `Host` header has it. */
  readonly host: string | null;
  /** True when the peer sent forwarded headers and may not. */
  readonly isIgnored: boolean;
}

const PRIVATE = ['loopback', 'linklocal', 'uniquelocal'];
const FORWARDED = ['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'forwarded'];
/** An IPv4 address, which there is nothing to do about. */
const PLAIN = /^[\d.]+$/;
const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;

/**
 * What `TRUST_PROXY` means. A number is of proxies in front of us, the nearest of which must have a loopback or
 * private address: nobody from outside may claim to be one. A list holds the addresses to believe.
 */
export function trustOf(setting: number | readonly string[]): Trust {
  if (typeof setting !== 'number') return proxyAddr.compile([...setting]);
  const isPrivate = proxyAddr.compile(PRIVATE);
  return (address, hop) => hop < setting && (hop > 0 || isPrivate(address, hop));
}

/**
 * Reads the forwarded headers from the right, where our own proxies write, and no further than proxies are trusted:
 * what stands to the left of that, anybody may have made up.
 */
export function clientOf(request: IncomingMessage, trust: Trust): Client {
  const { headers, socket } = request;
  const peer = plainAddress(socket.remoteAddress ?? '');
  const own = 'encrypted' in socket && socket.encrypted === true ? 'https' : 'http';
  if (!trust(peer, 0)) {
    const isIgnored = FORWARDED.some((name) => headers[name] !== undefined);
    return { ip: peer, protocol: own, host: null, isIgnored };
  }
  const { ip, hops } = walk(peer, textOf(headers['x-forwarded-for']), trust);
  const protocol = entryAt(textOf(headers['x-forwarded-proto']), hops).toLowerCase();
  const host = entryAt(textOf(headers['x-forwarded-host']), hops);
  return {
    ip,
    protocol: protocol === 'http' || protocol === 'https' ? protocol : own,
    host: HOST.test(host) ? host : null,
    isIgnored: false,
  };
}

/** Where a request of Koa's keeps its client, once it has been asked for. */
const CLIENT = Symbol('client');

/** From here on `ctx.ip`, `ctx.protocol`, `ctx.secure` and `ctx.host` of this application are the client's. */
export function useTrustedProxies(app: Koa<State>, setting: number | readonly string[], log: Logger): void {
  const trust = trustOf(setting);
  const koa = Object.getPrototypeOf(app.request) as object;
  let isWarned = false;

  function clientFor(request: Request & { [CLIENT]?: Client }): Client {
    request[CLIENT] ??= clientOf(request.req, trust);
    const client = request[CLIENT];
    if (client.isIgnored && !isWarned) {
      isWarned = true;
      log.warn(ignored(client.ip));
    }
    return client;
  }

  Object.defineProperties(app.request, {
    ip: {
      get(this: Request) {
        return clientFor(this).ip;
      },
    },
    protocol: {
      get(this: Request) {
        return clientFor(this).protocol;
      },
    },
    host: {
      get(this: Request) {
        return clientFor(this).host ?? (Reflect.get(koa, 'host', this) as string);
      },
    },
  });
}

function ignored(peer: string): string {
  return (
    `a forwarded header came from ${peer}, which is no trusted proxy: it is ignored, now and in future. ` +
    'If that is your proxy, set TRUST_PROXY'
  );
}

/** The first address from the right that no trusted proxy has, and how many trusted proxies are before it. */
function walk(peer: string, forwardedFor: string, trust: Trust): { ip: string; hops: number } {
  const entries = forwardedFor.split(',');
  let ip = peer;
  let hops = 0;
  while (trust(ip, hops)) {
    hops += 1;
    const next = addressIn(entries.pop() ?? '');
    if (next === null) break;
    ip = next;
  }
  return { ip, hops };
}

/** The entry that the farthest trusted proxy wrote; the first where proxies replace the header instead of adding. */
function entryAt(list: string, hops: number): string {
  const entries = list.split(',');
  return (entries[Math.max(0, entries.length - hops)] ?? '').trim();
}

/** The address in an entry, which some proxies write with a port; null for anything else. */
function addressIn(entry: string): string | null {
  const text = entry.trim();
  const bare =
    /^\[([\da-f:.]+)\](?::\d{1,5})?$/i.exec(text)?.[1] ?? /^([\d.]+):\d{1,5}$/.exec(text)?.[1] ?? text;
  return isIP(bare) === 0 || bare.includes('%') ? null : plainAddress(bare);
}

/** An IPv4 address that came in an IPv6 one as itself: one client, one address. */
function plainAddress(address: string): string {
  if (PLAIN.test(address)) return address;
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address.toLowerCase();
}

function textOf(header: string | string[] | undefined): string {
  return typeof header === 'string' ? header : '';
}

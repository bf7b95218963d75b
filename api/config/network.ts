import { X509Certificate, createPrivateKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { createSecureContext } from 'node:tls';
import proxyAddr from 'proxy-addr';
import type { Reader } from './reader.js';

/** The certificate (with its chain) and its key, as PEM text. */
export interface Tls {
  readonly cert: string;
  readonly key: string;
}

/** Where to listen, and how requests arrive there. */
export interface Network {
  readonly host: string;
  readonly port: number;
  /** What the server speaks https with itself; null: plain http. */
  readonly tls: Tls | null;
  /** How many proxies are in front (0: none is trusted), or their addresses, CIDRs and names of proxy-addr. */
  readonly trustProxy: number | readonly string[];
  /** True for a production server on plain http without a trusted proxy, by `ALLOW_HTTP=1`. */
  readonly allowsHttp: boolean;
}

const PROXY_NAMES = ['loopback', 'linklocal', 'uniquelocal'];
const MOST_HOPS = 16;

/** Reads `API_HOST`, `API_PORT`, `TLS_CERT`, `TLS_KEY`, `TRUST_PROXY` and `ALLOW_HTTP`. */
export function readNetwork(reader: Reader, production: boolean): Network {
  const host = reader.text('API_HOST') ?? '0.0.0.0';
  const trustProxy = readTrustProxy(reader);
  const isPlain = reader.text('TLS_CERT') === null && reader.text('TLS_KEY') === null && trustProxy === 0;
  const isAllowed = reader.choice('ALLOW_HTTP', ['0', '1'], '0') === '1';
  if (production && isPlain && !isAllowed && !isLoopback(host)) {
    reader.problems.push(
      `API_HOST ${host} would be reached over plain http, which production refuses: set TLS_CERT and TLS_KEY, ` +
        'or TRUST_PROXY for a proxy that speaks https, or API_HOST=127.0.0.1, or else ALLOW_HTTP=1',
    );
  }
  return {
    host,
    port: reader.whole('API_PORT', 5000, 0, 65535),
    tls: readTls(reader),
    trustProxy,
    allowsHttp: production && isPlain && isAllowed,
  };
}

const isLoopbackAddress = proxyAddr.compile('loopback');

function isLoopback(host: string): boolean {
  return host === 'localhost' || isLoopbackAddress(host, 0);
}

function readTrustProxy(reader: Reader): number | readonly string[] {
  const value = reader.text('TRUST_PROXY');
  if (value === null) return 0;
  const hops = /^\d+$/.test(value) ? Number(value) : null;
  if (hops !== null && hops <= MOST_HOPS) return hops;
  const proxies = value.split(',').map((proxy) => proxy.trim());
  if (!proxies.every(isProxy)) {
    reader.problems.push(
      `TRUST_PROXY must be a number of proxies up to ${MOST_HOPS}, or addresses, CIDRs and ` +
        `${PROXY_NAMES.join(', ')}, separated by commas, not "${value}"`,
    );
  }
  return proxies;
}

function isProxy(text: string): boolean {
  if (PROXY_NAMES.includes(text)) return true;
  // The package takes 10.1 or 0x7f000001 for addresses; who writes that means something else.
  if (isIP(text.replace(/\/[^/]*$/, '')) === 0) return false;
  try {
    proxyAddr.compile(text);
    return true;
  } catch {
    return false;
  }
}

function readTls(reader: Reader): Tls | null {
  const paths = { cert: reader.text('TLS_CERT'), key: reader.text('TLS_KEY') };
  if (paths.cert === null && paths.key === null) return null;
  if (paths.cert === null)
    reader.problems.push('TLS_CERT must be set beside TLS_KEY: a file with a certificate');
  if (paths.key === null) reader.problems.push('TLS_KEY must be set beside TLS_CERT: the file with its key');
  const cert = readPem(reader, 'TLS_CERT', paths.cert, (pem) => new X509Certificate(pem));
  const key = readPem(reader, 'TLS_KEY', paths.key, createPrivateKey);
  if (cert === null || key === null) return null;
  const problem = mismatch(cert, key);
  if (problem !== null) reader.problems.push(`TLS_KEY ${paths.key} and TLS_CERT ${paths.cert} ${problem}`);
  return { cert: cert.pem, key: key.pem };
}

/** What a file of this variable holds; null when there is nothing usable, which is then a problem. */
function readPem<T>(
  reader: Reader,
  name: string,
  path: string | null,
  parse: (pem: string) => T,
): { readonly pem: string; readonly parsed: T } | null {
  if (path === null) return null;
  try {
    const pem = readFileSync(path, 'utf8');
    return { pem, parsed: parse(pem) };
  } catch (error) {
    reader.problems.push(`${name} ${path} cannot be used: ${(error as Error).message}`);
    return null;
  }
}

interface Pem<T> {
  readonly pem: string;
  readonly parsed: T;
}

/** Why a certificate and a key cannot be used together; null when they can. */
function mismatch(cert: Pem<X509Certificate>, key: Pem<KeyObject>): string | null {
  if (!cert.parsed.checkPrivateKey(key.parsed)) return 'do not belong together';
  try {
    createSecureContext({ cert: cert.pem, key: key.pem });
    return null;
  } catch (error) {
    return `cannot be used: ${(error as Error).message}`;
  }
}

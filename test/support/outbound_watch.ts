import dgram from 'node:dgram';
import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

// Loaded into a server by `node --import`: says on standard error whenever it wants to reach somebody, and stops it.

type Anything = (this: unknown, ...given: unknown[]) => unknown;

function forbid(owner: object, name: string, isHarmless: (given: readonly unknown[]) => boolean): void {
  const methods = owner as Record<string, Anything>;
  const original = methods[name] as Anything;
  methods[name] = function watched(...given) {
    if (isHarmless(given)) return original.apply(this, given);
    process.stderr.write(`outbound: ${name} ${JSON.stringify(given[0])}\n`);
    throw new Error(`outbound: ${name}`);
  };
}

/** A socket of the file system goes nowhere: the storage's lock is one. */
function isFile(given: readonly unknown[]): boolean {
  const [options] = given.flat(1) as [unknown];
  return (
    typeof options === 'object' &&
    options !== null &&
    typeof (options as { path?: unknown }).path === 'string'
  );
}

/** The address to listen on is looked up too, and needs nobody. */
function isLiteral([host]: readonly unknown[]): boolean {
  return typeof host === 'string' && net.isIP(host) !== 0;
}

forbid(net.Socket.prototype, 'connect', isFile);
forbid(dns, 'lookup', isLiteral);
forbid(dns.promises, 'lookup', isLiteral);
for (const name of ['resolve', 'resolve4', 'resolve6', 'reverse']) {
  forbid(dns, name, () => false);
  forbid(dns.promises, name, () => false);
}
for (const name of ['send', 'connect']) forbid(dgram.Socket.prototype, name, () => false);
syncBuiltinESMExports();

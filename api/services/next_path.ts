/** Characters; longer ones are nobody's honest path. */
const LONGEST = 2000;

/** Any host will do: only whether it stays matters. */
const BASE = 'http://gatehouse.invalid';

/**
 * Where to send a browser after login: a path on our own origin, made safe for a `Location` header, or `/` for
 * anything that could lead elsewhere.
 */
export function safeNext(value: unknown): string {
  if (typeof value !== 'string' || value.length > LONGEST || !isPlainPath(value)) return '/';
  if (!URL.canParse(value, BASE)) return '/';
  const { origin, pathname, search, hash } = new URL(value, BASE);
  const path = `${pathname}${search}${hash}`;
  // Resolving can make two slashes out of `/.//`, which would then be a host.
  return origin === BASE && isPlainPath(path) ? path : '/';
}

/**
 * One slash, then no other: browsers take `//` and `/\` for the beginning of a host, and some proxies decode
 * slashes. They also drop tabs and line breaks wherever they are. U+FFFD is what is left of broken Unicode.
 */
function isPlainPath(text: string): boolean {
  return (
    /^\/(?![/\\]|%2f|%5c)/i.test(text) && !/[\\\p{Cc}\p{Zl}\p{Zp}\uFFFD]/u.test(text) && text.isWellFormed()
  );
}

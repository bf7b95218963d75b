import Bowser from 'bowser';

/** The name of a device that says nothing of itself. */
export const UNKNOWN_DEVICE = 'Unknown device';
/** A browser's own text has 100 to 250 characters; what comes after this many is not looked at. */
const INPUT_MAX = 512;

// The parser repeats parts of a text it does not know: only names of its own list are shown.
const BROWSERS: ReadonlySet<string> = new Set(Object.values(Bowser.BROWSER_MAP));
const SYSTEMS: ReadonlySet<string> = new Set(Object.values(Bowser.OS_MAP));

/** The first product that a text names, such as `curl` in `curl/8.5.0` (RFC 9110, section 10.1.5). */
const PRODUCT = /^([A-Za-z][\w.+-]{1,39})(?:[/ (;]|$)/;

/**
 * A short name for people to know their device by, such as "Firefox on Linux" or "curl". It has at most 64
 * characters, all of them visible ASCII or spaces: the header it comes from is whatever a client likes to send.
 * @param userAgent the `User-Agent` header; null, and anything that says nothing, is an "Unknown device".
 */
export function deviceName(userAgent: string | null): string {
  const text = (userAgent ?? '').slice(0, INPUT_MAX).trim();
  if (text === '') return UNKNOWN_DEVICE;
  const { browser, os } = Bowser.parse(text);
  const system = known(os.name, SYSTEMS);
  const name = productOf(text) ?? known(browser.name, BROWSERS);
  if (name === null) return system ?? UNKNOWN_DEVICE;
  // "Samsung Internet for Android" says it already.
  return system === null || name.endsWith(system) ? name : `${name} on ${system}`;
}

function known(name: string | undefined, names: ReadonlySet<string>): string | null {
  return name !== undefined && names.has(name) ? name : null;
}

function productOf(text: string): string | null {
  const name = PRODUCT.exec(text)?.[1] ?? null;
  // What every browser begins with.
  return name === 'Mozilla' ? null : name;
}

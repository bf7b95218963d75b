import ipaddr from 'ipaddr.js';

/** What stands for an address that is none, for instance of a client on a Unix socket. */
const UNKNOWN = 'unknown';
const GROUPS_OF_NETWORK = 4;

/**
 * The network of an address, of which one customer usually has many: the /24 of IPv4, the /64 of IPv6. IPv4 written
 * as IPv6 (`::ffff:192.0.2.7`) is IPv4; a zone (`%eth0`) does not count; all that is no address is one network.
 */
export function networkOf(address: string): string {
  const parsed = parse(address);
  if (!parsed) return UNKNOWN;
  return parsed instanceof ipaddr.IPv4 ? `${prefix24(parsed)}.0/24` : `${prefix64(parsed)}/64`;
}

/**
 * Whom an address stands for: itself with IPv4. With IPv6 it is the /64, because every machine may choose among the
 * addresses of its own.
 */
export function hostOf(address: string): string {
  const parsed = parse(address);
  return parsed instanceof ipaddr.IPv4 ? parsed.toString() : networkOf(address);
}

/** The address for showing, with the last part blanked: `192.0.2.x`, `2001:db8:1:2::x`; `unknown` for no address. */
export function blankedAddress(address: string): string {
  const parsed = parse(address);
  if (!parsed) return UNKNOWN;
  return parsed instanceof ipaddr.IPv4 ? `${prefix24(parsed)}.x` : `${prefix64(parsed)}x`;
}

function parse(address: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  return ipaddr.isValid(address) ? ipaddr.process(address) : null;
}

function prefix24(address: ipaddr.IPv4): string {
  return address.octets.slice(0, 3).join('.');
}

/** Always ends in `::`: no run of zeros in front can be longer than the one at the end. */
function prefix64(address: ipaddr.IPv6): string {
  const groups = address.parts.map((group, index) => (index < GROUPS_OF_NETWORK ? group : 0));
  return new ipaddr.IPv6(groups).toString();
}

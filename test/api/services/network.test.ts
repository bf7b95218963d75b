import { expect } from 'chai';
import { blankedAddress, hostOf, networkOf } from '../../../api/services/network.js';

/** Address, its network, whom it stands for, and how it is shown. */
const ADDRESSES: readonly (readonly [string, string, string, string])[] = [
  ['192.0.2.7', '192.0.2.0/24', '192.0.2.7', '192.0.2.x'],
  ['192.0.2.255', '192.0.2.0/24', '192.0.2.255', '192.0.2.x'],
  ['127.0.0.1', '127.0.0.0/24', '127.0.0.1', '127.0.0.x'],
  ['::ffff:192.0.2.7', '192.0.2.0/24', '192.0.2.7', '192.0.2.x'],
  ['::ffff:c000:207', '192.0.2.0/24', '192.0.2.7', '192.0.2.x'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64', '2001:db8:1:2::/64', '2001:db8:1:2::x'],
  ['2001:DB8:1:2::', '2001:db8:1:2::/64', '2001:db8:1:2::/64', '2001:db8:1:2::x'],
  ['2001:db8:1:0:9::1', '2001:db8:1::/64', '2001:db8:1::/64', '2001:db8:1::x'],
  ['2001:0:0:2::1', '2001:0:0:2::/64', '2001:0:0:2::/64', '2001:0:0:2::x'],
  ['fe80::1%eth0', 'fe80::/64', 'fe80::/64', 'fe80::x'],
  ['::1', '::/64', '::/64', '::x'],
  ['', 'unknown', 'unknown', 'unknown'],
  ['/run/gatehouse.sock', 'unknown', 'unknown', 'unknown'],
  ['192.0.2.7, 10.0.0.1', 'unknown', 'unknown', 'unknown'],
  ['300.0.2.7', 'unknown', 'unknown', 'unknown'],
];

describe('an address', () => {
  for (const [address, network, host, shown] of ADDRESSES) {
    it(`${JSON.stringify(address)} is of ${network} and shown as ${shown}`, () => {
      expect([networkOf(address), hostOf(address), blankedAddress(address)]).to.deep.equal([
        network,
        host,
        shown,
      ]);
    });
  }

  it('of another /24 or /64 is of another network', () => {
    expect(networkOf('192.0.3.7')).not.to.equal(networkOf('192.0.2.7'));
    expect(networkOf('2001:db8:1:3::1')).not.to.equal(networkOf('2001:db8:1:2::1'));
  });
});

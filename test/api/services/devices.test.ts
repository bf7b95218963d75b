import { expect } from 'chai';
import * as fc from 'fast-check';
import { deviceName } from '../../../api/services/devices.js';

const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)';
const APPLE = 'AppleWebKit/605.1.15 (KHTML, like Gecko)';

describe('the name of a device', () => {
  const names: readonly (readonly [userAgent: string | null, name: string])[] = [
    ['Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0', 'Firefox on Linux'],
    [
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/126.0.0.0 Safari/537.36`,
      'Chrome on Windows',
    ],
    [
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0`,
      'Microsoft Edge on Windows',
    ],
    [
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/124.0.0.0 Safari/537.36 OPR/110.0.0.0`,
      'Opera on Windows',
    ],
    [
      `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${APPLE} Version/17.5 Safari/605.1.15`,
      'Safari on macOS',
    ],
    [
      `Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) ${APPLE} Version/17.5 Mobile/15E148 Safari/604.1`,
      'Safari on iOS',
    ],
    [
      `Mozilla/5.0 (Linux; Android 14; Pixel 8) ${WEBKIT} Chrome/126.0.0.0 Mobile Safari/537.36`,
      'Chrome on Android',
    ],
    [
      `Mozilla/5.0 (Linux; Android 14; S) ${WEBKIT} SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36`,
      'Samsung Internet for Android',
    ],
    [
      `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${WEBKIT} Chrome/126.0.0.0 Safari/537.36`,
      'Chrome on Chrome OS',
    ],
    ['curl/8.5.0', 'curl'],
    ['Wget/1.21.3', 'Wget'],
    ['python-requests/2.31.0', 'python-requests'],
    ['Go-http-client/2.0', 'Go-http-client'],
    ['node', 'node'],
    ['okhttp/4.12 (Linux; Android 14)', 'okhttp on Android'],
    ['Mozilla/5.0 (X11; Linux x86_64)', 'Linux'],
    ['Mozilla/5.0', 'Unknown device'],
    [null, 'Unknown device'],
    ['', 'Unknown device'],
    ['   ', 'Unknown device'],
    ['-', 'Unknown device'],
    ['<script>alert(1)</script>/1.0', 'Unknown device'],
    ['evil <b>/1.0 x', 'evil'],
    ['a\nSet-Cookie: x=1/1 b', 'Unknown device'],
    ['curl\u001B[31m/8', 'Unknown device'],
    ['\u202Elruc/8.5 x', 'Unknown device'],
    ['__proto__/1 x', 'Unknown device'],
    ['constructor/1 x', 'constructor'],
    [`${'a'.repeat(41)}/1`, 'Unknown device'],
    [`${'a'.repeat(40)}/1`, 'a'.repeat(40)],
    [`curl/${'9'.repeat(100_000)}`, 'curl'],
  ];
  for (const [userAgent, name] of names) {
    it(`is "${name}" for ${JSON.stringify(userAgent)?.slice(0, 110)}`, () => {
      expect(deviceName(userAgent)).to.equal(name);
    });
  }

  it('is short, visible and quick to find, whatever is sent', () => {
    const words =
      'Mozilla/5.0|Firefox/|Version/|Android |Windows NT |Mac OS X 1_|(|)|;|/|opera mini|iPhone OS |1.|\t|\u2028|<|"|x';
    const word = fc.constantFrom(...words.split('|'));
    const text = fc.oneof(
      fc
        .array(fc.oneof(word, fc.string({ unit: 'binary' })), { maxLength: 30 })
        .map((parts) => parts.join('')),
      word.map((part) => part.repeat(1000)),
    );

    fc.assert(
      fc.property(text, (userAgent) => {
        const start = performance.now();

        expect(deviceName(userAgent)).to.match(/^[\x20-\x7E]{1,64}$/);
        expect(performance.now() - start).to.be.below(500);
      }),
      { numRuns: 2000 },
    );
  });
});

import { expect } from 'chai';
import { safeNext } from '../../../api/services/next_path.js';

const ORIGIN = 'https://gate.example';

describe('V3.7.2 safeNext', () => {
  for (const [value, expected = value] of [
    ['/'],
    ['/protected'],
    ['/profile/'],
    ['/a/b?c=d&e=f#g'],
    ['/search?q=https://evil.example'],
    ['/search?next=//evil.example'],
    ['/@evil.example'],
    ['/a/../b', '/b'],
    ['/a//b'],
    ['/:80'],
    ['/https://evil.example'],
    ['/grüße', '/gr%C3%BC%C3%9Fe'],
    ['/a b', '/a%20b'],
    ['/a%20b'],
    ['/a%2Fb'],
    ['/\u3000', '/%E3%80%80'],
  ] as const) {
    it(`leads to ${expected} for ${value}`, () => {
      expect(safeNext(value)).to.equal(expected);
    });
  }

  const TRICKS: readonly unknown[] = [
    '//evil.example',
    '///evil.example',
    '////evil.example',
    '/\\evil.example',
    '\\/evil.example',
    '\\\\evil.example',
    '/\\/evil.example',
    '/a\\..\\..\\evil.example',
    'https://evil.example',
    'HTTPS://evil.example/',
    'https:evil.example',
    'https:/evil.example',
    'http:\\\\evil.example',
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'mailto:a@evil.example',
    'evil.example',
    '@evil.example',
    '.evil.example',
    '?next=//evil.example',
    '#//evil.example',
    '',
    ' //evil.example',
    ' /profile',
    '/\t/evil.example',
    '/\n/evil.example',
    '/\r\n/evil.example',
    '\t//evil.example',
    '\u0000//evil.example',
    '/\u0000/evil.example',
    '/profile\r\nSet-Cookie: session=evil',
    '/\u0085/evil.example',
    '/\u2028/evil.example',
    '/\u007f',
    '/.//evil.example',
    '/..//evil.example',
    '/./\\evil.example',
    '/a/..//evil.example',
    '/a/.././/evil.example',
    '/%2e//evil.example',
    '/%2E%2e//evil.example',
    '/%2fevil.example',
    '/%2F%2Fevil.example',
    '/%5cevil.example',
    '/%5C/evil.example',
    '/.%09/\\evil.example',
    `/${'a'.repeat(2000)}`,
    '/\uD800',
    null,
    undefined,
    5,
    {},
    ['/profile'],
    ['/profile', '//evil.example'],
    { toString: () => '/profile' },
  ];
  for (const trick of TRICKS) {
    it(`leads to / for ${JSON.stringify(trick)?.slice(0, 60)}`, () => {
      expect(safeNext(trick)).to.equal('/');
    });
  }

  it('stays on our origin for whatever browsers make of it', () => {
    const parts = [
      '/',
      '\\',
      '.',
      '..',
      '%2f',
      '%5c',
      '%2e',
      '\t',
      '@',
      ':',
      '?',
      '#',
      'evil.example',
      'https:',
    ];
    const letters = [...parts, '／', '＼', '。', '\u200b'];
    for (const a of letters) {
      for (const b of letters) {
        for (const c of letters) {
          const next = safeNext(`/${a}${b}${c}evil.example`);

          expect(new URL(next, ORIGIN).origin, next).to.equal(ORIGIN);
          expect(next).to.match(/^\/(?![/\\])[\x21-\x7e]*$/);
        }
      }
    }
  });
});

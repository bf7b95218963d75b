import { expect } from 'chai';
import { safeNext } from '../../../api/services/next_path.js';
import { NEXT_TRICKS } from '../../attacks/next_tricks.js';

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
    ...NEXT_TRICKS,
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

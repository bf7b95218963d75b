import { expect } from 'chai';
import { CsrfTokens } from '../../../api/services/csrf.js';
import { Keys } from '../../../api/services/keys.js';

const BINDING = 'session:1';

describe('CsrfTokens', () => {
  const tokens = new CsrfTokens(Keys.random().subkey('csrf'));

  it('verifies what it has issued, for the same binding', () => {
    const token = tokens.issue(BINDING);

    expect(token).to.match(/^[\w-]{64}$/);
    expect(tokens.verify(token, BINDING)).to.equal(true);
  });

  it('issues another token each time, of which no part stays the same (BREACH)', () => {
    const issued = Array.from({ length: 50 }, () => tokens.issue(BINDING));

    for (let at = 0; at <= 64 - 8; at += 1) {
      expect(new Set(issued.map((token) => token.slice(at, at + 8))).size).to.equal(50);
    }
    expect(issued.every((token) => tokens.verify(token, BINDING))).to.equal(true);
  });

  for (const other of ['session:2', 'visitor:1', 'session:', '', ' session:1', 'session:1 ']) {
    it(`refuses a token for the binding "${other}"`, () => {
      expect(tokens.verify(tokens.issue(BINDING), other)).to.equal(false);
    });
  }

  it('refuses every token for no binding', () => {
    expect(tokens.verify(tokens.issue('null'), null)).to.equal(false);
    expect(tokens.verify(tokens.issue(''), null)).to.equal(false);
  });

  it('refuses a token that is changed anywhere', () => {
    const token = tokens.issue(BINDING);

    for (let at = 0; at < token.length; at += 1) {
      const changed = `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
      expect(tokens.verify(changed, BINDING), String(at)).to.equal(false);
    }
  });

  const token = tokens.issue(BINDING);
  for (const [why, bad] of [
    ['nothing', undefined],
    ['null', null],
    ['a number', 5],
    ['a list', [token]],
    ['an object', { toString: () => token }],
    ['an empty text', ''],
    ['half a token', token.slice(0, 32)],
    ['more than a token', `${token}A`],
    ['a token and a line break', `${token}\n`],
    ['two tokens in a header', `${token}, ${token}`],
    ['padding', `${token.slice(0, 63)}=`],
    ['another alphabet', `${token.slice(0, 63)}+`],
  ] as const) {
    it(`refuses ${why}`, () => {
      expect(tokens.verify(bad, BINDING)).to.equal(false);
    });
  }

  it('refuses tokens of other keys and purposes, but not those of an older key', () => {
    const [older, newer] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    const issued = new CsrfTokens(new Keys([older]).subkey('csrf')).issue(BINDING);

    const verify = (secrets: Buffer[], purpose: string): boolean =>
      new CsrfTokens(new Keys(secrets).subkey(purpose)).verify(issued, BINDING);

    expect(verify([newer, older], 'csrf')).to.equal(true);
    expect(verify([newer], 'csrf')).to.equal(false);
    expect(verify([older], 'device')).to.equal(false);
  });
});

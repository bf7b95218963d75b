import { expect } from 'chai';
import { problemOfEmail } from '../../../api/services/email_address.js';

const SHAPE = 'email must be an address such as name@example.org';

describe('an email for registration', () => {
  const good = [
    'bob@hbtn.io',
    'Bob.Smith+tag@mail.example.co.uk',
    'a@b.c',
    'admin@localhost',
    'admin@LocalHost',
    "o'brien@example.org",
    "!#$%&'*+-/=?^_`{|}~@example.org",
    'zoë@exämple.org',
    'Zoe\u0308@example.org',
    '用户@例子.公司',
    'उपयोगकर्ता@उदाहरण.कॉम',
    '😀@example.org',
    'a..b.@example.org',
    'a@xn--exmple-cua.org',
    'a@1and1.com',
    `${'a'.repeat(242)}@example.org`,
  ];
  for (const email of good) {
    it(`may be ${email.length > 60 ? `one of ${email.length} characters` : email}`, () => {
      expect(problemOfEmail(email)).to.equal(null);
    });
  }

  const bad = [
    '',
    '@',
    'bob',
    'bob@',
    '@example.org',
    'bob@example',
    'bob@@example.org',
    'bob@a@example.org',
    'bob@.org',
    'bob@example.',
    'bob@example..org',
    'bob@-example.org',
    'bob@example-.org',
    'bob@exa_mple.org',
    'bob@[127.0.0.1]',
    'bob@sub.localhost.',
    'bob smith@example.org',
    ' bob@example.org',
    'bob@example.org ',
    'bob@example.org\n',
    'bob\r\nBcc: eve@example.org',
    'bob\0@example.org',
    'bob\u200B@example.org',
    'bob\u202E@example.org',
    'bob@exam\u00ADple.org',
    'bob\uD800@example.org',
    '<bob@example.org>',
    'Bob<bob@example.org>',
    'bob@example.org,eve@example.org',
    'mailto:bob@example.org',
    '"bob"@example.org',
    'bob@example.org/path',
    'bob@example.org:25',
    `bob@${'a'.repeat(64)}.org`,
  ];
  for (const email of bad) {
    it(`may not be ${JSON.stringify(email).slice(0, 60)}`, () => {
      expect(problemOfEmail(email)?.text).to.equal(SHAPE);
    });
  }

  it('has at most 254 characters', () => {
    expect(problemOfEmail(`${'a'.repeat(243)}@example.org`)).to.deep.equal({
      code: 'email_too_long',
      text: 'email longer than 254 characters',
      limit: 254,
    });
    expect(problemOfEmail(`${'😀'.repeat(242)}@example.org`)).to.equal(null);
  });

  it('is judged at once, however it is made to be slow', () => {
    const start = performance.now();
    for (const part of ['a', '.', '-', '@', 'a.', 'a-', ' ', '\u0301', '((']) {
      problemOfEmail(part.repeat(100_000));
      problemOfEmail(`a@${part.repeat(120)}!`.slice(0, 254));
    }
    expect(performance.now() - start).to.be.below(1000);
  });
});

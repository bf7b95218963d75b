import { createRequire } from 'node:module';
import { expect } from 'chai';
import type { Problem } from '../../../api/errors.js';
import { PASSWORD_MAX_BYTES } from '../../../models/password.js';
import {
  coursePasswordRules,
  PasswordLength,
  PasswordPolicy,
} from '../../../api/services/password_policy.js';

const { dictionary } = createRequire(import.meta.url)(
  '@zxcvbn-ts/language-common',
) as typeof import('@zxcvbn-ts/language-common');
const COMMON = dictionary['passwords-common'];

const BOB = { email: 'bob@example.org' };

function policy(min = 8, serviceName = 'Gatehouse'): PasswordPolicy {
  return new PasswordPolicy({ min, serviceName });
}

function says(problem: Problem | null): string | null {
  return problem && problem.text;
}

describe('the password policy', () => {
  it('V6.2.1 asks for a length in characters, however they are typed', () => {
    const long = 'password must have at least 15 characters';

    expect(says(policy(15).problemOf('14 characters!', BOB))).to.equal(long);
    expect(says(policy(15).problemOf('15 characters!!', BOB))).to.equal(null);
    expect(says(policy(15).problemOf('🐎'.repeat(14), BOB))).to.equal(long);
    expect(says(policy(15).problemOf('🐎'.repeat(15), BOB))).to.equal(null);
    expect(says(policy(15).problemOf('e\u0301'.repeat(14), BOB))).to.equal(long);
    expect(says(policy(15).problemOf('e\u0301'.repeat(15), BOB))).to.equal(null);
  });

  it('V6.2.1 refuses 7 characters whatever it is told', () => {
    for (const min of [0, 1, 7, 8])
      expect(says(policy(min).problemOf('zebra 7', BOB))).to.equal(
        'password must have at least 8 characters',
      );
    expect(says(policy(1).problemOf('zebra 78', BOB))).to.equal(null);
  });

  it('V6.2.9 takes 128 characters and 1,024 bytes, and says so above', () => {
    expect(says(policy().problemOf('x'.repeat(128), BOB))).to.equal(null);
    expect(says(policy().problemOf('é'.repeat(PASSWORD_MAX_BYTES / 2), BOB))).to.equal(null);
    expect(says(policy().problemOf('é'.repeat(PASSWORD_MAX_BYTES / 2 + 1), BOB))).to.equal(
      'password longer than 1024 bytes',
    );
    expect(says(policy().problemOf('x'.repeat(100_000), BOB))).to.equal('password longer than 1024 bytes');
  });

  it('V6.2.4 refuses each of the 10,000 most common passwords, in any case', () => {
    for (const password of COMMON.slice(0, 10_000)) {
      const expected =
        password.length < 8 ? 'password must have at least 8 characters' : 'password is too common';

      expect(says(policy().problemOf(password, BOB)), password).to.equal(expected);
      expect(says(policy().problemOf(password.toUpperCase(), BOB)), password).to.equal(expected);
    }
  });

  it('V6.2.4 knows more than 3,000 common passwords that are long enough', () => {
    const long = COMMON.filter((password) => password.length >= 8);

    expect(long.length).to.be.above(3000);
    for (const password of long)
      expect(says(policy().problemOf(password, BOB)), password).to.equal('password is too common');
  });

  for (const password of [
    'just some letters',
    '               ',
    '🐎🔋📎🐎🔋📎🐎🔋📎🐎🔋📎🐎🔋📎',
    '847261539920746183',
    'ALLCAPITALLETTERS',
    'ελληνικός κωδικός',
    'password of my own',
  ]) {
    it(`V6.2.5 has no rules about kinds of characters: "${password}"`, () => {
      expect(says(policy(15).problemOf(password, BOB))).to.equal(null);
    });
  }

  const EMAIL = "password must not contain your email's name";
  const SERVICE = "password must not contain this service's name";
  const HOST = "password must not contain this host's name";
  const words: readonly (readonly [password: string, email: string, expected: string | null])[] = [
    ['I am anna today', 'anna@example.org', EMAIL],
    ['I am ANNA today', 'Anna@example.org', EMAIL],
    ['I am Zoe\u0301e today', 'ZO\u00C9E@example.org', EMAIL],
    ['I am anna today', 'anna+shop@example.org', EMAIL],
    ['anna+shop, again', 'an+na+shop@example.org', null],
    ['an+na+shop, again', 'an+na+shop@example.org', EMAIL],
    ['I am ann today', 'ann@example.org', null],
    ['any text as email', 'text as', EMAIL],
    ['any text as email', '', null],
    ['any text as email', '@', null],
    ['an example of it', 'bob@example.org', null],
    ['this is gateHOUSE!', 'bob@example.org', SERVICE],
    ['my acme  accounts', 'bob@example.org', null],
    ['my acme accounts', 'bob@example.org', SERVICE],
    ['my acmeaccounts', 'bob@example.org', SERVICE],
    ['at login.example.test', 'bob@example.org', HOST],
    ['at EXAMPLE, again', 'bob@example.org', HOST],
    ['log in at my test', 'bob@example.org', null],
  ];
  for (const [password, email, expected] of words) {
    it(`V6.1.2 says ${expected ?? 'nothing'} about "${password}" of "${email}"`, () => {
      const host = /^at /i.test(password) ? 'login.example.test' : 'log.in.test';
      const rules = policy(8, password.includes('acme') ? 'Acme Accounts' : 'Gatehouse');

      expect(says(rules.problemOf(password, { email, host }))).to.equal(expected);
    });
  }

  it('names each problem for pages that say it in other languages, with the number they need', () => {
    const codes = ['short', 'x'.repeat(2000), 'password1', 'I am bob-by', 'gatehouse!', 'my host: gate.test']
      .map((password) => policy().problemOf(password, { email: 'bob-by@example.org', host: 'gate.test' }))
      .map((problem) => [problem?.code, problem?.limit]);

    expect(codes).to.deep.equal([
      ['password_too_short', 8],
      ['password_too_long', PASSWORD_MAX_BYTES],
      ['password_common', undefined],
      ['password_has_email', undefined],
      ['password_has_service', undefined],
      ['password_has_host', undefined],
    ]);
  });

  it('takes no harm from contexts that are strange', () => {
    for (const host of ['', '.', '...', '[::1]', '127.0.0.1', '\0', 'x'.repeat(10_000)])
      expect(says(policy().problemOf('long enough', { email: '@@@', host }))).to.equal(null);
    for (const name of ['', ' ', 'abc', '.*'])
      expect(says(policy(8, name).problemOf('abc .* and on', BOB))).to.equal(null);
  });
});

describe('the password rules of POST /api/v1/users', () => {
  it('are a length outside production and the policy in it', () => {
    const settings = { coursePasswordMin: 8, serviceName: 'Gatehouse' };
    const course = coursePasswordRules({ ...settings, production: false });
    const strict = coursePasswordRules({ ...settings, production: true });

    expect(course).to.be.instanceOf(PasswordLength).and.not.instanceOf(PasswordPolicy);
    expect(says(course.problemOf('password', BOB))).to.equal(null);
    expect(says(course.problemOf('passwor', BOB))).to.equal('password must have at least 8 characters');
    expect(says(strict.problemOf('password', BOB))).to.equal('password is too common');
  });
});

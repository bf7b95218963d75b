import { createRequire } from 'node:module';
import { expect } from 'chai';
import { PasswordHasher } from '../../../models/password.js';
import { User } from '../../../models/user.js';
import { Visitor } from '../../support/account.js';
import { buildApp, makeUser, type TestApp } from '../../support/app.js';

const require = createRequire(import.meta.url);
const GOOD = 'just some plain words';

/** A password from every part of the list, the most common ones first; shorter ones are refused for their length. */
function commonPasswords(count: number): string[] {
  const { dictionary } = require('@zxcvbn-ts/language-common') as typeof import('@zxcvbn-ts/language-common');
  const long = dictionary['passwords-common'].filter((password) => password.length >= 8);
  const step = Math.floor(long.length / count);
  return Array.from({ length: count }, (_, index) => long[index * step] ?? '');
}

describe('POST /auth/register', () => {
  let app: TestApp;
  const register = (password: string, email = 'william@example.org') =>
    app.request().post('/auth/register').set('Host', 'gate.example').send({ email, password });
  beforeEach(() => {
    app = buildApp({ authType: 'session_db_auth' });
  });

  it('V6.2.4 refuses a sample of 200 common passwords', async () => {
    for (const password of commonPasswords(200)) {
      const { status, body } = await register(password, 'bob@example.org');
      expect([status, body], password).to.deep.equal([400, { error: 'password is too common' }]);
    }
    expect(await User.count()).to.equal(0);
  });

  for (const [what, password] of [
    ['the service’s name', 'my gatehouse login'],
    ['the host', 'words for GATE.example'],
    ['the email’s local part', 'I am William, hello'],
  ] as const) {
    it(`V6.1.2, V6.2.11 refuses ${what} in a password`, async () => {
      const { status, body } = await register(password);

      expect([status, await User.count()]).to.deep.equal([400, 0]);
      expect(body.error).to.match(/^password must not contain/);
    });
  }

  for (const password of ['               .', '12345 678901 2345', '🐢🐢🐢🐢🐢🐢🐢🐢', 'onlylowerletters']) {
    it(`V6.2.5 takes "${password}", whatever kinds of characters it has`, async () => {
      expect((await register(password)).status).to.equal(201);
    });
  }

  it('V2.3.3, V15.4.2 makes one account of fifty sign-ups at once with the same email', async () => {
    // As wide as it takes: the queue's own limit is not what is looked at.
    User.useHasher(new PasswordHasher({ cost: { logN: 4, r: 8, p: 1 }, parallel: 2, waiting: 200 }));

    const answers = await Promise.all(Array.from({ length: 50 }, () => register(GOOD)));

    const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
    expect(statuses).to.deep.equal([201, ...Array<number>(49).fill(409)]);
    expect(await User.count()).to.equal(1);
  });
});

describe('a password', () => {
  it('V6.2.10 is good for years, and nothing ever asks for another', async () => {
    const app = buildApp({ authType: 'session_db_auth' });
    const user = await makeUser();
    const before = await new Visitor(app).login(user);
    app.clock.advance(5 * 365 * 86_400);

    const after = await new Visitor(app).login(user);

    expect([after.status, after.body.user]).to.deep.equal([200, before.body.user]);
    expect(Object.keys(after.body)).to.deep.equal(Object.keys(before.body));
  });
});

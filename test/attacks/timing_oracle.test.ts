import { expect } from 'chai';
import type { User } from '../../models/user.js';
import { basic, buildApp, makeUser, PASSWORD, type TestApp } from '../support/app.js';
import { countHashes } from '../support/counting_hasher.js';
import { listen } from '../support/listening.js';
import { Target } from './support/target.js';
import { timingOracle } from './timing_oracle.js';

/** Everything that can be wrong with a login; the password that is tried is `PASSWORD`. */
const BRANCHES: readonly (readonly [name: string, user: () => Promise<User>])[] = [
  ['an unknown email', async () => ({ email: 'nobody@example.org' }) as User],
  ['a wrong password', () => makeUser({ password: 'another password' })],
  ['a disabled account', () => makeUser({ disabled: true })],
  [
    'a disabled account and a wrong password',
    () => makeUser({ disabled: true, password: 'another password' }),
  ],
];

const DOORS = [
  ['/auth/login', 'session_db_auth', postTo('/auth/login')],
  ['the course login', 'session_db_auth', postTo('/api/v1/auth_session/login')],
  ['a Basic header', 'basic_auth', async (app: TestApp, user: User) => getWith(app, basic(user))],
] as const;

function postTo(path: string) {
  return async (app: TestApp, { email }: User): Promise<number> =>
    (await app.request().post(path).send({ email, password: PASSWORD })).status;
}

async function getWith(app: TestApp, headers: Readonly<Record<string, string>>): Promise<number> {
  return (await app.request().get('/api/v1/users/me').set(headers)).status;
}

describe('V6.3.8 the time of a login', () => {
  for (const [door, authType, enter] of DOORS) {
    for (const [branch, makeOne] of BRANCHES) {
      it(`is that of one hash for ${branch} at ${door}`, async () => {
        const app = buildApp({ authType });
        const user = await makeOne();
        const hasher = countHashes();

        const status = await enter(app, user);

        expect(status).to.be.oneOf([401, 403, 404]);
        expect([hasher.checks, hasher.made]).to.deep.equal([1, 0]);
      });
    }
  }

  it('is that of one hash for each try of the attack', async () => {
    const app = buildApp({ authType: 'session_db_auth' });
    const { port } = await listen(app.listener);
    const hasher = countHashes();

    const attempts = await timingOracle(new Target({ url: `http://127.0.0.1:${port}` }));

    // Twenty tries of each sort, one with the right password, and one at the course login.
    expect(hasher.checks).to.equal(42);
    const { detail } = attempts.at(-1) ?? { detail: '' };
    expect(detail).to.match(/^median [\d.]+ ms and [\d.]+ ms; the second .* in \d+ % \(z = -?[\d.]+\)$/);
  });
});

import { expect } from 'chai';
import { changeAccount } from '../../../api/services/accounts.js';
import { User } from '../../../models/user.js';
import { UserSession } from '../../../models/user_session.js';
import { Visitor } from '../../support/account.js';
import {
  buildApp,
  cookie,
  login,
  makeUser,
  PASSWORD,
  SESSION_SCHEMES,
  type TestApp,
} from '../../support/app.js';
import { SlowHasher } from '../../support/slow_hasher.js';
import { beginSlowly } from '../../support/slow_request.js';

const NEW = 'a new long password';
const NEWCOMER = { email: 'newcomer@example.org', password: PASSWORD };
const CHANGE = { current_password: PASSWORD, new_password: NEW };

for (const authType of SESSION_SCHEMES) {
  describe(`V7.4.3 a login under ${authType} whose password was still being checked`, () => {
    for (const [what, overtake] of [
      ['it was changed', (owner) => owner.send('put', '/auth/password', CHANGE)],
      ['it was reset', async (owner, user) => owner.send('post', '/auth/reset', await resetOf(user))],
      ['the account was disabled', (_, user) => changeAccount(user.id, { disabled: true })],
      ['the account was removed', (owner) => owner.send('delete', '/auth/account')],
    ] as readonly [string, (owner: Visitor, user: User) => Promise<unknown>][]) {
      for (const path of ['/auth/login', '/api/v1/auth_session/login']) {
        it(`is refused at ${path} when ${what}`, async () => {
          const app = buildApp({ authType });
          const user = await makeUser();
          const owner = new Visitor(app);
          await owner.login(user);
          app.clock.advance(1);
          const hasher = new SlowHasher('verify');
          const thief = new Visitor(app);

          const attempt = thief.send('post', path, { email: user.email, password: PASSWORD });
          await hasher.held;
          await overtake(owner, user);
          const before = await UserSession.count();
          hasher.goOn();
          const { status } = await attempt;

          expect([status, thief.cookie(), thief.cookie('device')]).to.deep.equal([401, undefined, undefined]);
          expect(await UserSession.count()).to.equal(before);
        });
      }
    }
  });
}

describe('a change of password', () => {
  it('V7.4.3 is refused when another one overtook it', async () => {
    const app = buildApp({ authType: 'session_db_auth' });
    const user = await makeUser();
    const [owner, thief] = [new Visitor(app), new Visitor(app)];
    await owner.login(user);
    await thief.login(user);
    app.clock.advance(1);
    const hasher = new SlowHasher('hash');

    const slow = thief.send('put', '/auth/password', {
      ...CHANGE,
      new_password: 'what the thief has chosen',
    });
    await hasher.held;
    const first = await owner.send('put', '/auth/password', CHANGE);
    hasher.goOn();

    expect([first.status, (await slow).status]).to.deep.equal([200, 401]);
    expect(await (await User.get(user.id))?.isValidPassword(NEW)).to.equal(true);
    expect((await owner.send('get', '/auth/status')).status).to.equal(200);
  });
});

describe('a request whose body takes its time', () => {
  /** Has a session send a request, and something happen before its body is whole; resolves to the status. */
  async function overtake(
    app: TestApp,
    session: string,
    [method, target, body]: readonly ['POST' | 'PUT', string, object],
    event: () => Promise<unknown>,
  ): Promise<number> {
    const goOn = await beginSlowly(app, {
      method,
      target,
      cookies: cookie(app, session)['Cookie'] ?? '',
      body,
    });
    await event();
    return goOn();
  }

  for (const [what, request, isUndone] of [
    [
      'makes nobody an admin',
      ({ id }) => ['PUT', `/auth/users/${id}`, { role: 'admin' }],
      async ({ id }) => (await User.get(id))?.role === 'user',
    ],
    [
      'renames nobody else',
      (_admin, { id }) => ['PUT', `/api/v1/users/${id}`, { first_name: 'Eve' }],
      async (_admin, { id }) => (await User.get(id))?.first_name === null,
    ],
    [
      'makes no user',
      () => ['POST', '/api/v1/users', NEWCOMER],
      async () => (await User.search({ email: NEWCOMER.email })).length === 0,
    ],
    [
      'registers nobody',
      () => ['POST', '/auth/register', NEWCOMER],
      async () => (await User.search({ email: NEWCOMER.email })).length === 0,
    ],
  ] satisfies [
    string,
    (admin: User, user: User) => readonly ['POST' | 'PUT', string, object],
    (admin: User, user: User) => Promise<boolean>,
  ][])
    it(`V8.3.2 ${what} when the admin who sent it was demoted meanwhile`, async () => {
      const app = buildApp({ authType: 'session_db_auth', env: { REGISTRATION: 'closed' } });
      const [admin, , user] = [
        await makeUser({ role: 'admin' }),
        await makeUser({ role: 'admin' }),
        await makeUser(),
      ];
      const session = await login(app, admin);

      const status = await overtake(app, session, request(admin, user), () =>
        changeAccount(admin.id, { role: 'user' }),
      );

      expect([status, await isUndone(admin, user)]).to.deep.equal([403, true]);
    });

  it('V7.4.1 changes no password when its session was ended meanwhile', async () => {
    const app = buildApp({ authType: 'session_db_auth' });
    const user = await makeUser();
    const session = await login(app, user);

    const status = await overtake(app, session, ['PUT', '/auth/password', CHANGE], () =>
      UserSession.removeAllOf(user.id),
    );

    expect(status).to.equal(401);
    expect(await (await User.get(user.id))?.isValidPassword(PASSWORD)).to.equal(true);
  });

  it('V7.4.1 changes no name when its session was ended meanwhile', async () => {
    const app = buildApp({ authType: 'session_db_auth' });
    const user = await makeUser();
    const session = await login(app, user);

    const status = await overtake(
      app,
      session,
      ['PUT', `/api/v1/users/${user.id}`, { first_name: 'Eve' }],
      () => UserSession.removeAllOf(user.id),
    );

    expect([status, (await User.get(user.id))?.first_name]).to.deep.equal([403, null]);
  });
});

async function resetOf(user: User): Promise<object> {
  return { token: await user.startReset(), new_password: NEW };
}

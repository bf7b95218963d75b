import { expect } from 'chai';
import { changeAccount } from '../../../api/services/accounts.js';
import { User } from '../../../models/user.js';
import { UserSession } from '../../../models/user_session.js';
import { Visitor } from '../../support/account.js';
import { buildApp, cookie, login, makeUser, PASSWORD, SESSION_SCHEMES } from '../../support/app.js';
import { SlowHasher } from '../../support/slow_hasher.js';
import { beginSlowly } from '../../support/slow_request.js';

const NEW = 'a new long password';
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
  it('V8.3.2 is refused when the admin who sent it was demoted meanwhile', async () => {
    const app = buildApp({ authType: 'session_db_auth' });
    const [admin] = [await makeUser({ role: 'admin' }), await makeUser({ role: 'admin' })];
    const session = await login(app, admin);

    const goOn = await beginSlowly(app, {
      method: 'PUT',
      target: `/auth/users/${admin.id}`,
      cookies: cookie(app, session)['Cookie'] ?? '',
      body: { role: 'admin' },
    });
    await changeAccount(admin.id, { role: 'user' });
    const status = await goOn();

    expect([status, (await User.get(admin.id))?.role]).to.deep.equal([403, 'user']);
  });

  it('V7.4.1 changes no password when its session was ended meanwhile', async () => {
    const app = buildApp({ authType: 'session_db_auth' });
    const user = await makeUser();
    const session = await login(app, user);

    const goOn = await beginSlowly(app, {
      method: 'PUT',
      target: '/auth/password',
      cookies: cookie(app, session)['Cookie'] ?? '',
      body: CHANGE,
    });
    await UserSession.removeAllOf(user.id);
    const status = await goOn();

    expect(status).to.equal(401);
    expect(await (await User.get(user.id))?.isValidPassword(PASSWORD)).to.equal(true);
  });
});

async function resetOf(user: User): Promise<object> {
  return { token: await user.startReset(), new_password: NEW };
}

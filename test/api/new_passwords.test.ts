import { expect } from 'chai';
import { User } from '../../models/user.js';
import { buildApp, makeUser, PASSWORD } from '../support/app.js';
import { somebody } from '../support/somebody.js';

const PRODUCTION = { NODE_ENV: 'production', TRUST_PROXY: '1' };
const OF_ACCOUNTS = ['POST /auth/register', 'PUT /auth/password', 'POST /auth/reset'];
const OF_PAGES = ['POST /register', 'POST /profile', 'POST /reset'];
const ALL = ['POST /api/v1/users', ...OF_ACCOUNTS, ...OF_PAGES];

/** The routes by which somebody gets this password, tried by an admin: that is who may most. */
async function routesThatSet(password: string, env: Readonly<Record<string, string>>): Promise<string[]> {
  const found = [];
  const app = buildApp({ authType: 'session_db_auth', env });
  for (const [index, route] of app.routes.entries()) {
    const { user: admin, send } = await somebody(app, 'admin');
    const owner = await makeUser();
    const email = `william${index}@example.org`;
    const given = { do: 'password', password, new_password: password, current_password: PASSWORD };

    await send(route, owner.id, { ...given, email, token: await owner.startReset() });

    const users = [await User.findByEmail(email), await User.get(admin?.id), await User.get(owner.id)];
    const checks = users.flatMap((user) => (user ? [user.isValidPassword(password)] : []));
    if ((await Promise.all(checks)).includes(true)) found.push(`${route.method} ${route.path}`);
  }
  return found;
}

describe('V6.2.1, V6.2.4, V6.1.2 a new password', () => {
  it('is set by these routes and no other, when it has 15 characters', async () => {
    expect(await routesThatSet('fifteen letters', PRODUCTION)).to.have.members(ALL);
  });

  for (const [what, password] of [
    ['is too short', '14 characters!'],
    ['is a common one', 'Qwertyuiop12345'],
    ["has the service's name in it", 'the Gatehouse is mine'],
    ["has the host's name in it", 'at 127.0.0.1 I rest'],
    ['is longer than 1,024 bytes', 'é'.repeat(513)],
  ] as const) {
    it(`is set by no route in production when it ${what}`, async () => {
      expect(await routesThatSet(password, PRODUCTION)).to.deep.equal([]);
    });
  }

  it("is set by the course's route alone outside production, when it has fewer than 8 characters", async () => {
    expect(await routesThatSet('seven77', {})).to.deep.equal(['POST /api/v1/users']);
    expect(await routesThatSet('seven77', { PASSWORD_MIN: '8' })).to.deep.equal([]);
    expect(await routesThatSet('eight 88', { PASSWORD_MIN: '8' })).to.have.members(ALL);
  });
});

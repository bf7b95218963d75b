import { expect } from 'chai';
import type { AuthType } from '../../api/config.js';
import { User } from '../../models/user.js';
import { UserSession } from '../../models/user_session.js';
import { buildApp, makeUser } from '../support/app.js';
import { somebody, type Role } from '../support/somebody.js';

const CLOSED = { NODE_ENV: 'production', TRUST_PROXY: '1', REGISTRATION: 'closed' };
const NAME = 'Somebody Else';

/** Every field that any route reads, as good as can be for whoever wants to make a user or change one. */
const FIELDS = {
  password: 'just some plain words',
  current_password: 'just some plain words',
  new_password: 'just some plain words',
  first_name: 'New',
  role: 'user',
  disabled: true,
  token: 'nonsense',
  do: 'make_admin',
};

/** The routes by which this role makes a user, and those that tell or change anything of somebody else. */
async function deeds(role: Role, authType: AuthType): Promise<{ make: string[]; reach: string[] }> {
  const [make, reach] = [new Set<string>(), new Set<string>()];
  const app = buildApp({ authType, env: CLOSED });
  for (const [index, route] of app.routes.entries()) {
    const name = `${route.method} ${route.path}`;
    const { send } = await somebody(app, role);
    const other = await makeUser({ first_name: NAME });
    await UserSession.start(other.id);
    const [session] = await UserSession.allOf(other.id);
    const email = `new${index}@example.org`;
    const ids = [session?.id ?? '', other.id];

    for (const id of ids) {
      const { text, body } = await send(route, id, { ...FIELDS, email });
      // A picture comes as bytes.
      const shown = text ?? String(body);
      if ([other.email ?? '', NAME, ...ids].some((secret) => shown.includes(secret))) reach.add(name);
    }
    if (await User.findByEmail(email)) make.add(name);
    const after = (await User.get(other.id))?.toRecord();
    const isSame = JSON.stringify(after) === JSON.stringify(other.toRecord());
    if (!isSame || !(await UserSession.get(session?.id))) reach.add(name);
  }
  return { make: [...make], reach: [...reach] };
}

for (const authType of ['auth', 'basic_auth', 'session_db_auth'] as const) {
  describe(`V8.2.1 production with REGISTRATION=closed under ${authType}`, () => {
    for (const role of ['nobody', 'user'] as const) {
      it(`has no route by which ${role} makes a user, or reads or changes another`, async () => {
        expect(await deeds(role, authType)).to.deep.equal({ make: [], reach: [] });
      });
    }

    // So that who finds nothing above has looked in the right places.
    it('has such routes for admins', async () => {
      const { make, reach } = await deeds('admin', authType);

      const ofApi = [
        'GET /api/v1/users',
        'GET /api/v1/users/:id',
        'PUT /api/v1/users/:id',
        'DELETE /api/v1/users/:id',
      ];
      const isOpen = authType !== 'auth';
      expect(make).to.have.members([
        'POST /auth/register',
        'POST /register',
        ...(isOpen ? ['POST /api/v1/users'] : []),
      ]);
      expect(reach).to.have.members([
        ...(isOpen ? ofApi : []),
        'GET /auth/users',
        'PUT /auth/users/:id',
        'GET /auth/users/:id/sessions',
        'DELETE /auth/users/:id/sessions',
        'GET /users',
        'GET /users/:id',
        'POST /users/:id',
      ]);
    });
  });
}

import { expect } from 'chai';
import { User } from '../../../models/user.js';
import { Visitor } from '../../support/account.js';
import { buildApp, makeUser, PASSWORD, SESSION_SCHEMES } from '../../support/app.js';
import { castFor, requestTo } from '../../support/cast.js';
import { documentedFields } from '../../support/rights_doc.js';

for (const authType of SESSION_SCHEMES) {
  describe(`what a client says of itself under ${authType}`, () => {
    it('V7.2.1 makes nobody of nobody, and no other user of somebody', async () => {
      const app = buildApp({ authType });
      const [admin, user] = [await makeUser({ role: 'admin' }), await makeUser()];
      const visitor = new Visitor(app);
      await visitor.login(user);
      const own = `${app.config.sessionName}=${visitor.cookie()}`;
      const claims = {
        'Remote-User': admin.id,
        'X-Remote-User': admin.id,
        'X-Forwarded-User': admin.id,
        'X-User-Id': admin.id,
        'X-Session-Id': visitor.cookie() ?? '',
      };
      const cookies = `user_id=${admin.id}; role=admin; authenticated=true; session={"user":"${admin.id}"}`;
      const ask = (path: string, Cookie: string) =>
        app
          .request()
          .get(`${path}?user_id=${admin.id}&role=admin&${app.config.sessionName}=${visitor.cookie()}`)
          .set({ ...claims, Cookie });

      const nobody = await ask('/auth/status', cookies);
      const somebody = await ask('/auth/status', `${own}; ${cookies}`);
      const asAdmin = await ask('/auth/users', `${own}; ${cookies}`);

      expect([nobody.status, somebody.status, asAdmin.status]).to.deep.equal([401, 200, 403]);
      expect(somebody.body.user).to.deep.equal(user.toJSON());
      expect(somebody.get('Remote-User')).to.equal(user.id);
    });

    it('V14.2.1, SM no-URL ids: counts for nothing in a URL, of which others learn', async () => {
      const app = buildApp({ authType });
      const { email } = await makeUser();
      const visitor = new Visitor(app);
      await visitor.login(await makeUser());
      const query = new URLSearchParams({
        email: email ?? '',
        password: PASSWORD,
        token: 'x',
        new_password: 'y',
      });

      const login = await app.request().post(`/auth/login?${query.toString()}`);
      const reset = await app.request().post(`/auth/reset?${query.toString()}`);
      const confirm = await visitor.send('post', `/auth/confirm?${query.toString()}`);
      const byGet = await app.request().get(`/auth/reset?${query.toString()}`);

      expect([login.body, reset.body, confirm.body]).to.deep.equal([
        { error: 'email missing' },
        { error: 'token missing' },
        { error: 'password missing' },
      ]);
      expect([login.status, reset.status, confirm.status, byGet.status]).to.deep.equal([400, 400, 400, 405]);
    });
  });
}

describe('an admin', () => {
  it('V6.4.6 has no route that sets the password of somebody else', async () => {
    const app = buildApp({ authType: 'session_db_auth' });
    const fields = { password: 'a new long password', new_password: 'a new long password', _password: 'x' };

    for (const { method, path } of app.routes.filter((route) => route.method !== 'GET')) {
      const cast = await castFor(app, 'admin');
      const body = { ...fields, email: cast.owner.email, current_password: PASSWORD, role: 'user' };
      await requestTo(app, cast, `${method} ${path}`).send(body);

      // Gone is not changed.
      const owner = await User.get(cast.owner.id);
      expect(owner?.hasSamePasswordAs(cast.owner), `${method} ${path}`).to.not.equal(false);
    }
  });
});

describe('hints and secret questions', () => {
  it('V6.4.2 are neither asked for nor stored', () => {
    const names = [...documentedFields().values()].flat();

    expect([...names, ...Object.keys(new User().toRecord())].join(' ')).to.not.match(/hint|question|answer/i);
  });
});

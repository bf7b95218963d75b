import { expect } from 'chai';
import { User } from '../../../../models/user.js';
import { buildApp, credentials, makeUser, SESSION_SCHEMES } from '../../../support/app.js';

const FORBIDDEN = { error: 'Forbidden' };

// Who may do what is in docs/rights.md, every cell of which test/api/rights tries.
for (const authType of ['basic_auth', ...SESSION_SCHEMES] as const) {
  describe(`rights over users under ${authType}`, () => {
    it('are looked at before the body, and refused without a reason', async () => {
      const app = buildApp({ authType, env: { REGISTRATION: 'closed' } });
      const other = await makeUser();
      const headers = await credentials(app, await makeUser());

      const changed = await app.request().put(`/api/v1/users/${other.id}`).set(headers).send('no JSON');
      const made = await app.request().post('/api/v1/users').set(headers).send('no JSON');

      expect([changed.status, changed.body]).to.deep.equal([403, FORBIDDEN]);
      expect([made.status, made.body]).to.deep.equal([403, FORBIDDEN]);
    });

    it('V8.3.2 are lost at once by an admin who is none any more', async () => {
      const app = buildApp({ authType });
      const admin = await makeUser({ role: 'admin' });
      const other = await makeUser();
      const headers = await credentials(app, admin);
      await app.request().get('/api/v1/users/me').set(headers);
      admin.role = 'user';
      await admin.save();

      const removed = await app.request().delete(`/api/v1/users/${other.id}`).set(headers);

      expect(removed.status).to.equal(403);
    });

    it('V8.2.2 find no unknown user, whoever asks', async () => {
      const app = buildApp({ authType });

      for (const role of ['user', 'admin'] as const) {
        const headers = await credentials(app, await makeUser({ role }));
        const changed = await app.request().put('/api/v1/users/nobody').set(headers).send({});
        const removed = await app.request().delete('/api/v1/users/nobody').set(headers);
        const me = await app.request().delete('/api/v1/users/me').set(headers);

        expect([changed.status, removed.status, me.status]).to.deep.equal([404, 404, 404]);
      }
      expect(await User.count()).to.equal(2);
    });

    it('show all users to whom they allow it, and the own one to everybody, under USERS_READABLE=own', async () => {
      const app = buildApp({ authType, env: { USERS_READABLE: 'own' } });
      const user = await makeUser();
      const asUser = await credentials(app, user);
      const asAdmin = await credentials(app, await makeUser({ role: 'admin' }));

      const list = await app.request().get('/api/v1/users').set(asAdmin);
      const own = await app.request().get(`/api/v1/users/${user.id}`).set(asUser);

      expect(list.body).to.have.length(2);
      expect(own.body).to.deep.equal(user.toJSON());
    });
  });
}

describe('rights over users in the open API', () => {
  it('are everybody’s, whatever the settings say', async () => {
    const app = buildApp({ authType: null, env: { USERS_READABLE: 'own', REGISTRATION: 'closed' } });
    const { id } = await makeUser();

    const statuses = [
      await app.request().post('/api/v1/users').send({ email: 'x', password: 'y' }),
      await app.request().get('/api/v1/users'),
      await app.request().get(`/api/v1/users/${id}`),
      await app.request().put(`/api/v1/users/${id}`).send({ first_name: 'Bob' }),
      await app.request().delete(`/api/v1/users/${id}`),
    ].map(({ status }) => status);

    expect(statuses).to.deep.equal([201, 200, 200, 200, 200]);
  });
});

import { expect } from 'chai';
import { User } from '../../../../models/user.js';
import { buildApp, credentials, makeUser, SESSION_SCHEMES, type TestApp } from '../../../support/app.js';

const FORBIDDEN = { error: 'Forbidden' };

async function cast(app: TestApp) {
  const user = await makeUser();
  const admin = await makeUser({ role: 'admin' });
  const other = await makeUser();
  return {
    user,
    other,
    asUser: await credentials(app, user),
    asAdmin: await credentials(app, admin),
  };
}

for (const authType of ['basic_auth', ...SESSION_SCHEMES] as const) {
  describe(`rights over users under ${authType}`, () => {
    it('lets a user change and remove the own record', async () => {
      const app = buildApp({ authType });
      const { user, asUser } = await cast(app);
      const path = `/api/v1/users/${user.id}`;

      const changed = await app.request().put(path).set(asUser).send({ first_name: 'Bob' });
      const removed = await app.request().delete(path).set(asUser);

      expect([changed.status, removed.status]).to.deep.equal([200, 200]);
      expect(await User.get(user.id)).to.equal(null);
    });

    it('lets nobody else do so', async () => {
      const app = buildApp({ authType });
      const { other, asUser } = await cast(app);
      const path = `/api/v1/users/${other.id}`;

      const changed = await app.request().put(path).set(asUser).send({ first_name: 'Bob' });
      const broken = await app.request().put(path).set(asUser).send('no JSON');
      const removed = await app.request().delete(path).set(asUser);

      expect([changed.status, broken.status, removed.status]).to.deep.equal([403, 403, 403]);
      expect(changed.body).to.deep.equal(FORBIDDEN);
      expect(removed.body).to.deep.equal(FORBIDDEN);
      expect((await User.get(other.id))?.toRecord()).to.deep.equal(other.toRecord());
    });

    it('lets an admin do so', async () => {
      const app = buildApp({ authType });
      const { other, asAdmin } = await cast(app);
      const path = `/api/v1/users/${other.id}`;

      const changed = await app.request().put(path).set(asAdmin).send({ first_name: 'Bob' });
      const removed = await app.request().delete(path).set(asAdmin);

      expect([changed.status, removed.status]).to.deep.equal([200, 200]);
    });

    it('takes an admin right away at once', async () => {
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

    it('finds no unknown user, whoever asks', async () => {
      const app = buildApp({ authType });
      const { asUser, asAdmin } = await cast(app);

      for (const headers of [asUser, asAdmin]) {
        const changed = await app.request().put('/api/v1/users/nobody').set(headers).send({});
        const removed = await app.request().delete('/api/v1/users/nobody').set(headers);
        const me = await app.request().delete('/api/v1/users/me').set(headers);

        expect([changed.status, removed.status, me.status]).to.deep.equal([404, 404, 404]);
      }
    });

    it('lets every user read all, and create', async () => {
      const app = buildApp({ authType });
      const { other, asUser } = await cast(app);

      const list = await app.request().get('/api/v1/users').set(asUser);
      const one = await app.request().get(`/api/v1/users/${other.id}`).set(asUser);
      const made = await app.request().post('/api/v1/users').set(asUser).send({ email: 'x', password: 'y' });

      expect(list.body).to.have.length(3);
      expect(one.status).to.equal(200);
      expect(made.status).to.equal(201);
    });

    it('lets only admins read others under USERS_READABLE=own', async () => {
      const app = buildApp({ authType, env: { USERS_READABLE: 'own' } });
      const { user, other, asUser, asAdmin } = await cast(app);
      const get = (path: string, headers: Record<string, string>) =>
        app.request().get(`/api/v1/users${path}`).set(headers);

      expect((await get('', asUser)).body).to.deep.equal(FORBIDDEN);
      expect((await get(`/${other.id}`, asUser)).status).to.equal(403);
      expect((await get(`/${user.id}`, asUser)).status).to.equal(200);
      expect((await get('/me', asUser)).status).to.equal(200);
      expect((await get('/nobody', asUser)).status).to.equal(404);
      expect((await get('', asAdmin)).body).to.have.length(3);
      expect((await get(`/${other.id}`, asAdmin)).status).to.equal(200);
    });

    it('lets only admins create under REGISTRATION=closed', async () => {
      const app = buildApp({ authType, env: { REGISTRATION: 'closed' } });
      const { asUser, asAdmin } = await cast(app);
      const body = { email: 'x', password: 'y' };

      const broken = await app.request().post('/api/v1/users').set(asUser).send('no JSON');
      const refused = await app.request().post('/api/v1/users').set(asUser).send(body);
      const made = await app.request().post('/api/v1/users').set(asAdmin).send(body);

      expect([broken.status, refused.status, made.status]).to.deep.equal([403, 403, 201]);
      expect(refused.body).to.deep.equal(FORBIDDEN);
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

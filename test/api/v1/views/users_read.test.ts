import { expect } from 'chai';
import { buildApp, credentials, makeUser, SESSION_SCHEMES, SETTINGS } from '../../../support/app.js';

const UNKNOWN = ['nobody', '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'null', '0', '%20'];

describe('GET /users', () => {
  it('lists nobody at first', async () => {
    const response = await buildApp({ authType: null }).request().get('/api/v1/users');

    expect(response.status).to.equal(200);
    expect(response.body).to.deep.equal([]);
  });

  it('lists the users in the order of their creation, changed ones too', async () => {
    const app = buildApp({ authType: null });
    const users = [await makeUser(), await makeUser(), await makeUser()];
    await users[0]?.save();

    const response = await app.request().get('/api/v1/users');

    expect(response.body).to.deep.equal(users.map((user) => user.toJSON()));
  });

  it('shows no password and no role', async () => {
    const app = buildApp({ authType: null });
    await makeUser({ role: 'admin' });

    const { text } = await app.request().get('/api/v1/users');

    expect(text).not.to.match(/password|role|admin/);
  });
});

describe('GET /users/:id', () => {
  it('shows a user', async () => {
    const app = buildApp({ authType: null });
    const user = await makeUser({ first_name: 'Bob' });

    const response = await app.request().get(`/api/v1/users/${user.id}`);

    expect(response.status).to.equal(200);
    expect(response.body).to.deep.equal(user.toJSON());
  });

  for (const id of UNKNOWN) {
    it(`knows no ${id}`, async () => {
      const app = buildApp({ authType: null });

      const response = await app.request().get(`/api/v1/users/${id}`);

      expect(response.status).to.equal(404);
      expect(response.body).to.deep.equal({ error: 'Not found' });
    });
  }
});

describe('GET /users/me', () => {
  for (const authType of ['basic_auth', ...SESSION_SCHEMES] as const) {
    it(`shows the caller under ${authType}`, async () => {
      const app = buildApp({ authType });
      await makeUser();
      const user = await makeUser();

      const response = await app
        .request()
        .get('/api/v1/users/me')
        .set(await credentials(app, user));

      expect(response.status).to.equal(200);
      expect(response.body).to.deep.equal(user.toJSON());
    });
  }

  for (const authType of SETTINGS) {
    it(`is for the caller alone under ${authType ?? 'no scheme'}`, async () => {
      const app = buildApp({ authType });
      const good = await credentials(app, await makeUser());
      const me = async (headers = {}) => (await app.request().get('/api/v1/users/me').set(headers)).status;

      const statuses = [await me(), await me({ Authorization: 'Test' }), await me(good)];

      if (authType === null) expect(statuses).to.deep.equal([404, 404, 404]);
      else expect(statuses).to.deep.equal([401, 403, authType === 'auth' ? 401 : 200]);
    });
  }

  it('is nobody in the open API', async () => {
    const response = await buildApp({ authType: null }).request().get('/api/v1/users/me');

    expect(response.status).to.equal(404);
    expect(response.body).to.deep.equal({ error: 'Not found' });
  });
});

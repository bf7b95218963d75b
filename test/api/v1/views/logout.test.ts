import { expect } from 'chai';
import { UserSession } from '../../../../models/user_session.js';
import {
  basic,
  buildApp,
  cookie,
  login,
  makeUser,
  SESSION_SCHEMES,
  SETTINGS,
  type TestApp,
} from '../../../support/app.js';

function logout(app: TestApp, headers: Readonly<Record<string, string>> = {}) {
  return app.request().delete('/api/v1/auth_session/logout').set(headers);
}

describe('logout without credentials', () => {
  for (const authType of SETTINGS) {
    it(`is ${authType === null ? 'not found in the open API' : `refused under ${authType}`}`, async () => {
      const app = buildApp({ authType });

      const without = await logout(app);
      const bad = await logout(app, { Authorization: 'Test' });

      expect(without.status).to.equal(authType === null ? 404 : 401);
      expect(bad.status).to.equal(authType === null ? 404 : 403);
    });
  }
});

describe('logout where there are no sessions', () => {
  const error = 'no sessions here: AUTH_TYPE names no session scheme';

  it('says so in the open API', async () => {
    const response = await logout(buildApp({ authType: null }));

    expect(response.status).to.equal(404);
    expect(response.body).to.deep.equal({ error });
  });

  it('says so under basic_auth', async () => {
    const app = buildApp({ authType: 'basic_auth' });

    const response = await logout(app, basic(await makeUser()));

    expect(response.status).to.equal(404);
    expect(response.body).to.deep.equal({ error });
  });
});

for (const authType of SESSION_SCHEMES) {
  describe(`logout under ${authType}`, () => {
    it('V7.4.1 ends the session', async () => {
      const app = buildApp({ authType });
      const headers = cookie(app, await login(app, await makeUser()));

      const response = await logout(app, headers);

      const after = await app.request().get('/api/v1/users/me').set(headers);
      expect(response.status).to.equal(200);
      expect(response.body).to.deep.equal({});
      expect(after.status).to.equal(403);
      expect(after.body).to.deep.equal({ error: 'Forbidden' });
      expect(await UserSession.count()).to.equal(0);
    });

    it('leaves the other sessions of the user alone', async () => {
      const app = buildApp({ authType });
      const user = await makeUser();
      const [mine, other] = [await login(app, user), await login(app, user)];

      await logout(app, cookie(app, mine));

      const after = await app.request().get('/api/v1/users/me').set(cookie(app, other));
      expect(after.status).to.equal(200);
    });

    it('works once', async () => {
      const app = buildApp({ authType });
      const headers = cookie(app, await login(app, await makeUser()));
      await logout(app, headers);

      const again = await logout(app, headers);

      expect(again.status).to.equal(403);
      expect(again.headers).not.to.have.property('set-cookie');
    });

    it('works once of several at the same time', async () => {
      const app = buildApp({ authType });
      const headers = cookie(app, await login(app, await makeUser()));

      const responses = await Promise.all([logout(app, headers), logout(app, headers), logout(app, headers)]);

      const statuses = responses.map(({ status }) => status);
      expect(statuses.filter((status) => status === 200)).to.have.length(1);
      for (const status of statuses) expect(status).to.be.oneOf([200, 403, 404]);
      expect(await UserSession.count()).to.equal(0);
    });

    it('V3.5.3 is not done by GET', async () => {
      const app = buildApp({ authType });
      const headers = cookie(app, await login(app, await makeUser()));

      const response = await app.request().get('/api/v1/auth_session/logout').set(headers);

      expect(response.status).to.equal(405);
      expect(response.headers['allow']).to.equal('DELETE');
      expect(await UserSession.count()).to.equal(1);
    });

    it('SM no-URL ids: is not done by a session id in the query or the body', async () => {
      const app = buildApp({ authType });
      const id = await login(app, await makeUser());
      const name = app.config.sessionName;

      const response = await app
        .request()
        .delete(`/api/v1/auth_session/logout?${name}=${id}`)
        .type('form')
        .send({ [name]: id });

      expect(response.status).to.equal(401);
      expect(await UserSession.count()).to.equal(1);
    });
  });
}

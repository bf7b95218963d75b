import { expect } from 'chai';
import { UserSession } from '../../../../models/user_session.js';
import {
  buildApp,
  cookie,
  credentials,
  login,
  makeUser,
  PASSWORD,
  SESSION_SCHEMES,
  sessionIdIn,
  statusOf,
} from '../../../support/app.js';

const LOGIN = '/api/v1/auth_session/login';

for (const authType of SESSION_SCHEMES) {
  describe(`sessions made by login under ${authType}`, () => {
    it('V7.2.2, V7.2.3 have an id of 192 random bits, each another', async () => {
      const app = buildApp({ authType });
      const user = await makeUser();

      const ids = [await login(app, user), await login(app, user), await login(app, user)];

      expect(new Set(ids).size).to.equal(3);
      for (const id of ids) expect(sessionIdIn(id)).to.match(/^[\w-]{32}$/);
    });

    it('go on side by side', async () => {
      const app = buildApp({ authType });
      const user = await makeUser();

      const [first, second] = [await login(app, user), await login(app, user)];

      expect([await statusOf(app, first), await statusOf(app, second)]).to.deep.equal([200, 200]);
    });

    it('SM fixation, V7.2.4 never have an id that the client offered', async () => {
      const app = buildApp({ authType });
      const user = await makeUser();
      const planted = 'A'.repeat(32);

      const given = await login(app, user, cookie(app, planted));

      expect(given).not.to.equal(planted);
      expect(await statusOf(app, planted)).to.equal(403);
      expect(await statusOf(app, given)).to.equal(200);
    });

    it('V7.2.4 replace the live one that the login presents, and no other', async () => {
      const app = buildApp({ authType });
      const user = await makeUser();
      const [presented, other] = [await login(app, user), await login(app, user)];

      const given = await login(app, user, cookie(app, presented));

      expect(await statusOf(app, presented)).to.equal(403);
      expect(await statusOf(app, other)).to.equal(200);
      expect(await statusOf(app, given)).to.equal(200);
      expect(await UserSession.count()).to.equal(2);
    });

    it('replace the one of another user in the same browser too', async () => {
      const app = buildApp({ authType });
      const presented = await login(app, await makeUser());

      await login(app, await makeUser(), cookie(app, presented));

      expect(await statusOf(app, presented)).to.equal(403);
    });

    it('do not replace the presented one when the login fails', async () => {
      const app = buildApp({ authType });
      const user = await makeUser();
      const presented = await login(app, user);

      for (const password of ['', 'wrong']) {
        const form = `email=${user.email}&password=${password}`;
        await app.request().post(LOGIN).set(cookie(app, presented)).type('form').send(form);
      }

      expect(await statusOf(app, presented)).to.equal(200);
    });

    it('are kept as digests only', async () => {
      const app = buildApp({ authType });
      const id = await login(app, await makeUser());

      const [session] = await UserSession.all();

      expect(session?.session_id).to.have.length(43);
      expect(JSON.stringify(session?.toRecord())).not.to.include(id);
      expect(app.lines.join('')).not.to.include(id);
    });

    it('open nothing by their digest', async () => {
      const app = buildApp({ authType });
      await login(app, await makeUser());
      const [session] = await UserSession.all();

      expect(await statusOf(app, session?.session_id ?? '')).to.equal(403);
    });

    it('V7.2.2 are made by nothing else', async () => {
      const app = buildApp({ authType });
      const user = await makeUser();
      const headers = await credentials(app, user);

      const responses = [
        await app.request().get('/api/v1/status').set(headers),
        await app.request().get('/api/v1/users').set(headers),
        await app.request().get('/api/v1/users/nobody').set(cookie(app, 'unknown')),
        await app.request().post('/api/v1/users').set(headers).send({ email: 'x', password: 'y' }),
        await app.request().post(LOGIN).type('form').send(`email=${user.email}&password=wrong`),
      ];

      for (const response of responses) expect(response.headers).not.to.have.property('set-cookie');
      expect(await UserSession.count()).to.equal(1);
    });
  });

  describe(`LOGIN_ERRORS=uniform under ${authType}`, () => {
    const env = { LOGIN_ERRORS: 'uniform' };

    it('tells a wrong password from an unknown email by nothing', async () => {
      const app = buildApp({ authType, env });
      const { email } = await makeUser();

      const [wrong, unknown] = [
        await app.request().post(LOGIN).type('form').send({ email, password: 'wrong' }),
        await app.request().post(LOGIN).type('form').send({ email: 'no@body.org', password: PASSWORD }),
      ];

      const { 'x-request-id': _a, date: _b, ...ofWrong } = wrong.headers;
      const { 'x-request-id': _c, date: _d, ...ofUnknown } = unknown.headers;
      expect(wrong.status).to.equal(401);
      expect(wrong.body).to.deep.equal({ error: 'wrong email or password' });
      expect(unknown.status).to.equal(wrong.status);
      expect(unknown.text).to.equal(wrong.text);
      expect(ofUnknown).to.deep.equal(ofWrong);
    });

    it('still names what is missing', async () => {
      const app = buildApp({ authType, env });

      const response = await app.request().post(LOGIN).type('form').send({ email: 'x' });

      expect(response.body).to.deep.equal({ error: 'password missing' });
    });
  });
}

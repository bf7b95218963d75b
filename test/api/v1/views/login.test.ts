import { expect } from 'chai';
import { UserSession } from '../../../../models/user_session.js';
import {
  buildApp,
  makeUser,
  PASSWORD,
  credentialPattern,
  SESSION_SCHEMES,
  SETTINGS,
  type TestApp,
} from '../../../support/app.js';

const FORM = 'application/x-www-form-urlencoded';

function post(app: TestApp, body: string, type = FORM) {
  return app.request().post('/api/v1/auth_session/login').set('Content-Type', type).send(body);
}

for (const authType of SETTINGS) {
  describe(`login under ${authType ?? 'no scheme'}`, () => {
    const refused = [
      ['no fields', '', 'email missing'],
      ['an empty email', 'email=&password=x', 'email missing'],
      ['a password alone', 'password=x', 'email missing'],
      ['an email alone', 'email=bob@hbtn.io', 'password missing'],
      ['an empty password', 'email=bob@hbtn.io&password=', 'password missing'],
    ] as const;
    for (const [what, body, error] of refused) {
      it(`answers ${what} with "${error}"`, async () => {
        const response = await post(buildApp({ authType }), body);

        expect(response.status).to.equal(400);
        expect(response.body).to.deep.equal({ error });
      });
    }

    it('V14.2.1 does not count fields of the query', async () => {
      const app = buildApp({ authType });

      const response = await app.request().post('/api/v1/auth_session/login?email=a&password=b');

      expect(response.status).to.equal(400);
      expect(response.body).to.deep.equal({ error: 'email missing' });
    });
  });
}

for (const authType of [null, 'auth', 'basic_auth'] as const) {
  describe(`login under ${authType ?? 'no scheme'}, which has no sessions`, () => {
    it('says so when the fields are there, right or wrong', async () => {
      const app = buildApp({ authType });
      const user = await makeUser();

      const right = await post(app, `email=${user.email}&password=${PASSWORD}`);
      const wrong = await post(app, 'email=nobody&password=x');

      const error = 'no sessions here: AUTH_TYPE names no session scheme';
      expect([right.status, wrong.status]).to.deep.equal([404, 404]);
      expect(right.body).to.deep.equal({ error });
      expect(wrong.body).to.deep.equal({ error });
      expect(right.headers).not.to.have.property('set-cookie');
    });
  });
}

for (const authType of SESSION_SCHEMES) {
  describe(`login under ${authType}`, () => {
    it('does not know an email nobody has', async () => {
      const response = await post(buildApp({ authType }), 'email=guillaume@hbtn.io&password=test');

      expect(response.status).to.equal(404);
      expect(response.body).to.deep.equal({ error: 'no user found for this email' });
    });

    it('refuses a wrong password', async () => {
      const app = buildApp({ authType });
      await makeUser({ email: 'bobsession@hbtn.io', password: 'fake pwd' });

      const response = await post(app, 'email=bobsession@hbtn.io&password=test');

      expect(response.status).to.equal(401);
      expect(response.body).to.deep.equal({ error: 'wrong password' });
      expect(response.headers).not.to.have.property('set-cookie');
      expect(await UserSession.count()).to.equal(0);
    });

    it('shows the user and sets a cookie that opens the API', async () => {
      const app = buildApp({ authType });
      const user = await makeUser({ email: 'bobsession@hbtn.io', password: 'fake pwd' });

      const response = await post(app, 'email=bobsession@hbtn.io&password=fake pwd');

      const cookies = response.get('Set-Cookie') ?? [];
      const pattern = new RegExp(`^${app.config.sessionName}=${credentialPattern(app)}`);
      const cookie = pattern.exec(cookies[0] ?? '')?.[0] ?? '';
      const me = await app.request().get('/api/v1/users/me').set('Cookie', cookie);
      expect(response.status).to.equal(200);
      expect(response.body).to.deep.equal(user.toJSON());
      expect(response.headers['cache-control']).to.equal('no-store');
      expect(cookies).to.have.length(1);
      expect(me.body).to.deep.equal(user.toJSON());
    });

    it('takes a space in each of its spellings, and other signs', async () => {
      const app = buildApp({ authType });
      await makeUser({ email: 'a@b.c', password: 'fake pwd+&ü' });

      for (const password of ['fake+pwd%2B%26%C3%BC', 'fake%20pwd%2b%26ü', 'fake pwd%2B%26ü']) {
        const response = await post(app, `email=a%40b.c&password=${password}`);

        expect(response.status, password).to.equal(200);
      }
    });

    it('finds the user whatever the case of the email, but not of the password', async () => {
      const app = buildApp({ authType });
      await makeUser({ email: 'Bob@Hbtn.io', password: 'Secret' });

      expect((await post(app, 'email=bOB@hBTN.IO&password=Secret')).status).to.equal(200);
      expect((await post(app, 'email=bob@hbtn.io&password=secret')).status).to.equal(401);
    });

    it('understands JSON too', async () => {
      const app = buildApp({ authType });
      const { email } = await makeUser();

      const response = await post(app, JSON.stringify({ email, password: PASSWORD }), 'application/json');

      expect(response.status).to.equal(200);
    });

    const wrongBodies = [
      ['{"email":', 'application/json', 'Wrong format'],
      ['[]', 'application/json', 'Wrong format'],
      ['null', 'application/json', 'Wrong format'],
      ['{}', 'application/json', 'email missing'],
      ['{"email":5,"password":"x"}', 'application/json', 'email must be text'],
      ['email=a&email=b&password=x', FORM, 'email must be given once, as text'],
      ['email=a&password=x&password=x', FORM, 'password must be given once, as text'],
      ['email[a]=b&password=x', FORM, 'email missing'],
      ['email=a&password=x', 'text/plain', 'email missing'],
      ['--x--', 'multipart/form-data; boundary=x', 'email missing'],
    ] as const;
    for (const [body, type, error] of wrongBodies) {
      it(`refuses ${body} as ${type}: ${error}`, async () => {
        const response = await post(buildApp({ authType }), body, type);

        expect(response.status).to.equal(400);
        expect(response.body).to.deep.equal({ error });
      });
    }
  });
}

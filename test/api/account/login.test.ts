import { expect } from 'chai';
import { UserSession } from '../../../models/user_session.js';
import { Visitor } from '../../support/account.js';
import { buildApp, makeUser, PASSWORD, SETTINGS, type TestApp } from '../../support/app.js';

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

for (const authType of SETTINGS) {
  describe(`/auth/login under ${authType ?? 'no scheme'}`, () => {
    let app: TestApp;
    let visitor: Visitor;
    beforeEach(() => {
      app = buildApp({ authType });
      visitor = new Visitor(app);
    });

    it('V3.3.4, V7.4.1, SM cache logs in, says so, and logs out again', async () => {
      const user = await makeUser();

      const login = await visitor.login(user);
      const sessionId = visitor.cookie();
      const status = await visitor.send('get', '/auth/status');

      expect(login.status).to.equal(200);
      expect(Object.keys(login.body)).to.deep.equal(['user', 'session']);
      expect(login.body.session).to.include({ current: true, idle_expires_at: null });
      for (const time of ['created_at', 'last_seen_at', 'expires_at'])
        expect(login.body.session[time]).to.match(ISO);
      expect(login.text).to.not.include(sessionId);
      expect(login.get('Cache-Control')).to.equal('no-store');
      expect(status.body).to.deep.equal({
        authenticated: true,
        user: user.toJSON(),
        session: login.body.session,
      });
      expect([status.get('Remote-User'), status.get('Remote-Email')]).to.deep.equal([user.id, user.email]);

      expect((await visitor.send('post', '/auth/logout')).body).to.deep.equal({});
      expect(visitor.cookie(), 'the cookie is cleared').to.equal(undefined);
      const replay = await new Visitor(app).take(sessionId ?? '').send('get', '/auth/status');
      expect([replay.status, replay.body]).to.deep.equal([
        401,
        { authenticated: false, error: 'Unauthorized' },
      ]);
      expect((await visitor.send('post', '/auth/logout')).status).to.equal(401);
      expect(app.events.map(({ event }) => event)).to.deep.equal(['login', 'logout', 'denied', 'denied']);
    });

    it('V6.3.8 answers an unknown email, a wrong password and a disabled account with the same bytes', async () => {
      const user = await makeUser();
      const disabled = await makeUser({ disabled: true });
      const tries = [
        { email: 'nobody@example.org', password: PASSWORD },
        { email: user.email, password: 'wrong' },
        { email: disabled.email, password: PASSWORD },
      ];

      for (const body of tries) {
        const response = await visitor.send('post', '/auth/login', body);
        expect([response.status, response.text]).to.deep.equal([401, '{"error":"wrong email or password"}']);
        expect(response.get('Set-Cookie')).to.equal(undefined);
      }
      expect(app.events.map(({ event, user: whose }) => [event, whose])).to.deep.equal([
        ['failure', null],
        ['failure', user.id],
        ['failure', disabled.id],
      ]);
    });

    it('V15.3.5, V15.3.7 asks for both fields, as JSON or as a form and as nothing else', async () => {
      const post = (type: string, body: string) =>
        app.request().post('/auth/login').set('Content-Type', type).send(body);

      expect((await post('application/json', '{}')).body).to.deep.equal({ error: 'email missing' });
      expect((await post('application/x-www-form-urlencoded', 'email=a')).body).to.deep.equal({
        error: 'password missing',
      });
      expect((await post('text/plain', '{"email":"a","password":"b"}')).status).to.equal(415);
      expect((await post('multipart/form-data; boundary=x', '--x--')).status).to.equal(415);
      for (const body of [
        '{"email":["a"],"password":"b"}',
        '{"email":"a","password":5}',
        '[1]',
        '{"remember":3',
      ]) {
        expect((await post('application/json', body)).status).to.equal(400);
      }
    });

    it('SM fixation, V7.2.2, V7.2.4 never adopts a session id that came with the request, and ends a live one', async () => {
      const user = await makeUser();
      visitor.take('A'.repeat(32));
      await visitor.login(user);
      const first = visitor.cookie();
      await visitor.login(user);
      const second = visitor.cookie();

      expect(first).to.not.equal('A'.repeat(32));
      expect(second).to.not.equal(first);
      expect((await new Visitor(app).take(first ?? '').send('get', '/auth/status')).status).to.equal(401);
      expect(await UserSession.count()).to.equal(1);
    });

    it('V7.3.2 remembers for 30 days when asked to, and without an idle limit', async () => {
      const user = await makeUser();
      const login = await visitor.login(user, { remember: true });

      expect(login.get('Set-Cookie')?.[0]).to.include('Max-Age=2592000');
      app.clock.advance(2_592_000);
      expect((await visitor.send('get', '/auth/status')).status).to.equal(200);
      app.clock.advance(1);
      expect((await visitor.send('get', '/auth/status')).status).to.equal(401);
    });

    it('opens /protected, which sends a browser without a login to the login page', async () => {
      const page = await app.request().get('/protected').set('Accept', 'text/html,*/*');
      expect([page.status, page.get('Location')]).to.deep.equal([302, '/login?next=/protected']);
      expect((await visitor.send('get', '/protected')).status).to.equal(401);

      const user = await makeUser();
      await visitor.login(user);
      for (const path of ['/protected', '/protected-resource/']) {
        expect((await visitor.send('get', path)).body).to.deep.include({ user: user.toJSON() });
      }
    });
  });
}

describe('the session of /auth/login', () => {
  for (const authType of ['session_auth', 'session_exp_auth', 'session_db_auth'] as const) {
    it(`opens /api/v1 under ${authType}, and the course's login opens /auth`, async () => {
      const app = buildApp({ authType });
      const user = await makeUser();
      const visitor = new Visitor(app);
      await visitor.login(user);

      expect((await visitor.send('get', '/api/v1/users/me')).body).to.deep.equal(user.toJSON());
      await visitor.send('post', '/api/v1/auth_session/login', { email: user.email, password: PASSWORD });
      const { body } = await visitor.send('get', '/auth/status');
      expect(body.session).to.include({ current: true, address: '127.0.0.x', device: 'Unknown device' });
    });
  }

  it('opens nothing under basic_auth, where the API wants a header', async () => {
    const app = buildApp({ authType: 'basic_auth' });
    const visitor = new Visitor(app);
    await visitor.login(await makeUser());

    expect((await visitor.send('get', '/api/v1/users/me')).status).to.equal(403);
  });

  it('V7.1.2 is the newest of MAX_SESSIONS: one more ends the oldest', async () => {
    const app = buildApp({ authType: 'session_db_auth', env: { MAX_SESSIONS: '2' } });
    const user = await makeUser();
    const visitors = [new Visitor(app), new Visitor(app), new Visitor(app)];
    for (const visitor of visitors) await visitor.login(user);

    const statuses = [];
    for (const visitor of visitors) statuses.push((await visitor.send('get', '/auth/status')).status);
    expect(statuses).to.deep.equal([401, 200, 200]);
  });
});

import { expect } from 'chai';
import { UserSession } from '../../models/user_session.js';
import { Visitor } from '../support/account.js';
import { basic, buildApp, cookie, login, makeUser, PASSWORD, SESSION_SCHEMES } from '../support/app.js';

describe('V16.3.1 the audit trail', () => {
  for (const authType of SESSION_SCHEMES) {
    it(`has the course's logins, failures and logouts under ${authType}`, async () => {
      const app = buildApp({ authType });
      const user = await makeUser();
      const send = (email: string | null, password: string) =>
        app.request().post('/api/v1/auth_session/login').type('form').send({ email, password });

      await send('nobody@example.org', PASSWORD);
      await send(user.email, 'wrong');
      const id = await login(app, user);
      const [session] = await UserSession.all();
      await app.request().delete('/api/v1/auth_session/logout').set(cookie(app, id));

      const seen = app.events.map(({ event, outcome, user: whose, session: which }) => [
        event,
        outcome,
        whose,
        which,
      ]);
      expect(seen).to.deep.equal([
        ['failure', 'failure', null, null],
        ['failure', 'failure', user.id, null],
        ['login', 'success', user.id, session?.id],
        ['logout', 'success', user.id, session?.id],
      ]);
      expect(new Set(app.events.map(({ requestId }) => requestId)).size).to.equal(4);
    });
  }

  it('has wrong Basic credentials, and right ones not at all', async () => {
    const app = buildApp({ authType: 'basic_auth' });
    const user = await makeUser();

    await app.request().get('/api/v1/users').set(basic(user));
    await app
      .request()
      .get('/api/v1/users')
      .set({ ...basic(user, 'wrong'), 'User-Agent': 'curl/8.5.0' });

    expect(app.events).to.have.length(1);
    expect(app.events[0]).to.include({
      event: 'failure',
      user: user.id,
      address: '127.0.0.1',
      device: 'curl',
    });
    expect(app.events[0]?.requestId).to.be.a('string');
  });

  it("has users who were made and removed by the course's routes, and by whom", async () => {
    const app = buildApp({ authType: 'basic_auth' });
    const [user, admin] = [await makeUser(), await makeUser({ role: 'admin' })];
    const made = { email: 'new@example.org', password: 'just some plain words' };

    const { body } = await app.request().post('/api/v1/users').set(basic(admin)).send(made);
    await app.request().post('/api/v1/users').set(basic(admin)).send(made);
    await app.request().delete(`/api/v1/users/${body.id}`).set(basic(user));
    await app.request().delete(`/api/v1/users/${body.id}`).set(basic(admin));
    await app.request().delete(`/api/v1/users/${user.id}`).set(basic(user));

    const seen = app.events.map(({ event, user: whose, actor }) => [event, whose, actor]);
    expect(seen).to.deep.equal([
      ['register', body.id, admin.id],
      ['denied', user.id, undefined],
      ['delete', body.id, admin.id],
      ['delete', user.id, user.id],
    ]);
  });

  it('has users whom nobody known makes and removes in the open API', async () => {
    const app = buildApp({ authType: null });

    const { body } = await app.request().post('/api/v1/users').send({ email: 'a', password: 'b' });
    await app.request().delete(`/api/v1/users/${body.id}`);

    const seen = app.events.map(({ event, user, actor, address }) => [event, user, actor, address]);
    expect(seen).to.deep.equal([
      ['register', body.id, null, '127.0.0.1'],
      ['delete', body.id, null, '127.0.0.1'],
    ]);
  });

  it('V16.3.2 has who was denied what, by the route alone', async () => {
    const app = buildApp({ authType: 'session_db_auth' });
    const user = await makeUser();
    const visitor = new Visitor(app);

    await visitor.send('get', '/api/v1/users/secret-id');
    await visitor.login(user);
    await visitor.send('put', `/api/v1/users/${(await makeUser()).id}`, { first_name: 'x' });
    await visitor.send('get', '/auth/users?after=secret');

    const denied = app.events.filter(({ event }) => event === 'denied');
    expect(denied.map(({ user: whose, detail }) => [whose, detail])).to.deep.equal([
      [null, 'GET (any path) 401'],
      [user.id, 'PUT /api/v1/users/:id 403'],
      [user.id, 'GET /auth/users 403'],
    ]);
    expect(JSON.stringify(denied)).not.to.include('secret');
  });

  it('does not call a wrong password a denial, nor an answer that is none', async () => {
    const app = buildApp({ authType: 'session_db_auth' });
    const visitor = new Visitor(app);
    await visitor.login(await makeUser());

    await visitor.send('post', '/auth/confirm', { password: 'wrong' });
    await visitor.send('get', '/auth/nope');
    await visitor.send('post', '/auth/confirm', {});

    expect(app.events.map(({ event }) => event)).to.deep.equal(['login', 'failure']);
  });

  it('V7.1.2 has the session that one more than MAX_SESSIONS puts an end to', async () => {
    const app = buildApp({ authType: 'session_db_auth', env: { MAX_SESSIONS: '1' } });
    const user = await makeUser();
    await new Visitor(app).login(user);
    const [oldest] = await UserSession.all();

    await new Visitor(app).login(user);

    expect(app.events[1]).to.include({
      event: 'revoke',
      user: user.id,
      session: oldest?.id,
      detail: 'more than MAX_SESSIONS',
    });
  });
});

import { expect } from 'chai';
import { User } from '../../../models/user.js';
import { UserSession } from '../../../models/user_session.js';
import { Visitor } from '../../support/account.js';
import { buildApp, makeUser, PASSWORD, type TestApp } from '../../support/app.js';

const NEW = 'a new long password';

describe('an account', () => {
  let app: TestApp;
  let visitor: Visitor;
  beforeEach(() => {
    app = buildApp({ authType: 'session_db_auth' });
    visitor = new Visitor(app);
  });

  it('is registered, without a session, and not twice', async () => {
    const fields = { email: 'Ann@Example.org', password: NEW, first_name: 'Ann', role: 'admin', id: 'mine' };

    const response = await visitor.send('post', '/auth/register', fields);
    const again = await visitor.send('post', '/auth/register', { ...fields, email: 'ann@example.ORG' });

    const user = await User.findByEmail('ann@example.org');
    expect([response.status, response.body]).to.deep.equal([201, user?.toJSON()]);
    expect([user?.role, user?.email, user?.id === 'mine']).to.deep.equal(['user', 'Ann@Example.org', false]);
    expect(response.get('Set-Cookie')).to.equal(undefined);
    expect([again.status, again.body]).to.deep.equal([409, { error: 'email already registered' }]);
  });

  it('V6.1.2, V6.2.1, V6.2.11 is not registered with a bad email or password', async () => {
    const bad: [email: string, password: string, error: RegExp][] = [
      ['', NEW, /^email missing$/],
      ['ann@example.org', '', /^password missing$/],
      ['no address', NEW, /email/],
      ['ann@example.org', 'short', /at least 8/],
      ['ann@example.org', 'password123', /too common/],
      ['william@example.org', 'I am william', /email/],
    ];
    for (const [email, password, error] of bad) {
      const response = await visitor.send('post', '/auth/register', { email, password });
      expect(response.status).to.equal(400);
      expect(response.body.error).to.match(error);
    }
    expect(await User.count()).to.equal(0);
  });

  it('is registered by admins only when registration is closed', async () => {
    app = buildApp({ authType: 'session_db_auth', env: { REGISTRATION: 'closed' } });
    const admin = new Visitor(app);
    const fields = { email: 'new@example.org', password: NEW };

    expect((await new Visitor(app).send('post', '/auth/register', fields)).status).to.equal(403);
    await admin.login(await makeUser({ role: 'admin' }));
    expect((await admin.send('post', '/auth/register', fields)).status).to.equal(201);
  });

  it('V6.2.2, V6.2.3, V7.4.3 changes its password with the current one, which ends the other sessions and renews this one', async () => {
    const user = await makeUser();
    const other = new Visitor(app);
    await other.login(user);
    await visitor.login(user);
    const [before, id] = [visitor.cookie(), (await visitor.send('get', '/auth/sessions')).body[0].id];
    const change = (current_password: string, new_password: string) =>
      visitor.send('put', '/auth/password', { current_password, new_password });

    expect((await change('wrong', NEW)).status).to.equal(403);
    expect((await change(PASSWORD, 'short')).status).to.equal(400);
    expect((await other.send('get', '/auth/status')).status).to.equal(200);
    expect((await change(PASSWORD, NEW)).body).to.deep.equal({});

    expect(visitor.cookie()).to.not.equal(before);
    const after = (await visitor.send('get', '/auth/sessions')).body;
    expect(
      after.map((session: { id: string }) => session.id),
      'the record stays',
    ).to.deep.equal([id]);
    for (const value of [before, other.cookie()]) {
      expect((await new Visitor(app).take(value ?? '').send('get', '/auth/status')).status).to.equal(401);
    }
    expect(await (await User.get(user.id))?.isValidPassword(NEW)).to.equal(true);
  });

  it('V7.5.1, V7.2.4 is deleted by a fresh login only, which /auth/confirm makes with a new id', async () => {
    const user = await makeUser();
    await visitor.login(user);
    app.clock.advance(301);
    const before = visitor.cookie();

    const stale = await visitor.send('delete', '/auth/account');
    expect([stale.status, stale.body]).to.deep.equal([403, { error: 'fresh login required' }]);
    expect((await visitor.send('post', '/auth/confirm', { password: 'wrong' })).status).to.equal(403);
    expect(
      (await visitor.send('post', '/auth/confirm', { password: PASSWORD })).body.session.current,
    ).to.equal(true);
    expect(visitor.cookie()).to.not.equal(before);
    expect((await new Visitor(app).take(before ?? '').send('get', '/auth/status')).status).to.equal(401);

    expect((await visitor.send('delete', '/auth/account')).body).to.deep.equal({});
    expect([await User.count(), await UserSession.count(), visitor.cookie()]).to.deep.equal([
      0,
      0,
      undefined,
    ]);
  });

  it('V6.4.1 takes a new password for a reset token, once, which ends all sessions and logs nobody in', async () => {
    const user = await makeUser();
    await visitor.login(user);
    const token = await user.startReset();
    const reset = (fields: object) =>
      new Visitor(app).send('post', '/auth/reset', { token, new_password: NEW, ...fields });

    expect((await reset({ token: 'nonsense' })).status).to.equal(410);
    expect((await reset({ new_password: 'short' })).status).to.equal(400);
    const done = await reset({});
    expect([done.body, done.get('Set-Cookie')]).to.deep.equal([{}, undefined]);
    expect((await reset({})).status).to.equal(410);

    expect((await visitor.send('get', '/auth/status')).status).to.equal(401);
    expect(await (await User.get(user.id))?.isValidPassword(NEW)).to.equal(true);
  });

  it('is changed by a fresh admin in role and lock, and in nothing else', async () => {
    const user = await makeUser();
    const boss = await makeUser({ role: 'admin' });
    await visitor.login(boss);
    const put = (body: object, id = user.id) => visitor.send('put', `/auth/users/${id}`, body);

    const { body } = await put({ role: 'admin', disabled: true, email: 'x@x.org', password: 'x', id: 'x' });
    expect(body).to.deep.equal({ id: user.id, email: user.email, role: 'admin', disabled: true });
    for (const bad of [{ role: 'root' }, { role: ['admin'] }, { disabled: 'maybe' }, { disabled: 1 }]) {
      expect((await put(bad)).status).to.equal(400);
    }
    expect((await put({ role: 'user' }, 'nobody')).status).to.equal(404);
    expect((await put({ role: 'user' }, boss.id)).status, 'the last admin who can log in').to.equal(409);
    expect((await visitor.send('delete', '/auth/account')).status).to.equal(409);
    expect((await visitor.send('delete', `/api/v1/users/${boss.id}`)).status).to.equal(409);
    app.clock.advance(301);
    expect((await put({ role: 'user' })).body).to.deep.equal({ error: 'fresh login required' });
  });

  it('is listed for admins, page by page', async () => {
    await visitor.login(await makeUser({ role: 'admin' }));
    for (let i = 0; i < 60; i += 1) await new User({ email: `${i}@example.org` }).save();

    const first = (await visitor.send('get', '/auth/users')).body;
    const second = (await visitor.send('get', `/auth/users?after=${first.next}`)).body;

    expect([first.users.length, second.users.length, second.next]).to.deep.equal([50, 11, null]);
    expect(first.users[0]).to.include({ role: 'admin', disabled: false }).and.not.have.property('_password');
    for (const bad of ['after=nobody', 'after=', `after=${first.next}&after=${first.next}`])
      expect((await visitor.send('get', `/auth/users?${bad}`)).status).to.equal(400);
    const nobody = new Visitor(app);
    await nobody.login(await makeUser());
    expect((await nobody.send('get', '/auth/users')).status).to.equal(403);
  });

  it('has its answers to unknown paths, wrong methods and CSRF in JSON', async () => {
    expect((await visitor.send('get', '/auth/nope')).body).to.deep.equal({ error: 'Not found' });
    const wrong = await visitor.send('get', '/auth/login');
    expect([wrong.status, wrong.get('Allow'), wrong.body]).to.deep.equal([
      405,
      'POST',
      { error: 'Method not allowed' },
    ]);
    const { body } = await visitor.send('get', '/auth/csrf');
    expect(body.csrf_token).to.be.a('string').with.length.above(40);
    const user = await makeUser();
    const send = (headers: Record<string, string>) =>
      app.request().post('/auth/login').set(headers).send({ email: user.email, password: PASSWORD });
    expect((await send({ 'Sec-Fetch-Site': 'cross-site' })).status).to.equal(403);
    expect((await send({ Origin: 'https://evil.example' })).status).to.equal(403);
    expect((await send({ 'Sec-Fetch-Site': 'same-origin' })).status).to.equal(200);
  });
});

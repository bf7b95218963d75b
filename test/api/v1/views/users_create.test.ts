import { expect } from 'chai';
import { User } from '../../../../models/user.js';
import { basic, buildApp, makeUser, type TestApp } from '../../../support/app.js';

const GOOD = { email: 'bob@hbtn.io', password: 'H0lbertonSchool98!' };
const USER_KEYS = ['created_at', 'email', 'first_name', 'id', 'last_name', 'updated_at'];

function create(app: TestApp, body: string | object, type = 'application/json') {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return app.request().post('/api/v1/users').set('Content-Type', type).send(text);
}

describe('POST /users', () => {
  it('makes a user and shows the six public attributes', async () => {
    const app = buildApp({ authType: null });

    const response = await create(app, { ...GOOD, first_name: 'Bob', last_name: 'Dylan' });

    expect(response.status).to.equal(201);
    expect(Object.keys(response.body).toSorted()).to.deep.equal(USER_KEYS);
    expect(response.body).to.include({ email: GOOD.email, first_name: 'Bob', last_name: 'Dylan' });
    expect(response.body.id).to.match(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    const time = new Date(app.clock.now).toISOString().slice(0, 19);
    expect(response.body).to.include({ created_at: time, updated_at: time });
  });

  it('stores a user who can log in', async () => {
    const app = buildApp({ authType: null });

    const { body } = await create(app, GOOD);

    const user = await User.get(body.id);
    expect(await user?.isValidPassword(GOOD.password)).to.equal(true);
    expect(await user?.isValidPassword('another')).to.equal(false);
  });

  it('leaves names out that are not given, are null, or are empty', async () => {
    const app = buildApp({ authType: null });

    const absent = await create(app, GOOD);
    const nothing = await create(app, { ...GOOD, email: 'b', first_name: null, last_name: '' });

    expect(absent.body).to.include({ first_name: null, last_name: null });
    expect(nothing.body).to.include({ first_name: null, last_name: null });
  });

  it('takes a charset parameter', async () => {
    const response = await create(
      buildApp({ authType: null }),
      { ...GOOD, first_name: 'Zoë' },
      'application/json; charset=utf-8',
    );

    expect(response.status).to.equal(201);
    expect(response.body.first_name).to.equal('Zoë');
  });

  const JSON_TEXT = JSON.stringify(GOOD);
  const refused: readonly (readonly [string, string | object, string, string?])[] = [
    ['no body', '', 'Wrong format'],
    ['text that is no JSON', '{"email":', 'Wrong format'],
    ['null', 'null', 'Wrong format'],
    ['a list', '[]', 'Wrong format'],
    ['a list of users', `[${JSON_TEXT}]`, 'Wrong format'],
    ['a text', '"email"', 'Wrong format'],
    ['a number', '5', 'Wrong format'],
    ['true', 'true', 'Wrong format'],
    ['JSON sent as text', JSON_TEXT, 'Wrong format', 'text/plain'],
    ['JSON sent as a form', JSON_TEXT, 'Wrong format', 'application/x-www-form-urlencoded'],
    ['a form', 'email=a&password=b', 'Wrong format', 'application/x-www-form-urlencoded'],
    ['JSON of another kind', JSON_TEXT, 'Wrong format', 'application/vnd.api+json'],
    ['an empty object', {}, 'email missing'],
    ['no email', { password: 'x' }, 'email missing'],
    ['an empty email', { email: '', password: '' }, 'email missing'],
    ['a null email', { email: null, password: 'x' }, 'email missing'],
    ['no password', { email: 'x' }, 'password missing'],
    ['an empty password', { email: 'x', password: '', first_name: 5 }, 'password missing'],
    ['a null password', { email: 'x', password: null }, 'password missing'],
    ['a number as email', { email: 5, password: 'x' }, 'email must be text'],
    ['an object as email', { email: {}, password: 'x' }, 'email must be text'],
    ['a list as email', { email: ['a'], password: 'x' }, 'email must be given once, as text'],
    ['a number as password', { email: 'x', password: 89 }, 'password must be text'],
    ['false as password', { email: 'x', password: false }, 'password must be text'],
    ['a number as name', { ...GOOD, first_name: 0 }, 'first_name must be text'],
    ['an object as name', { ...GOOD, last_name: { a: 1 } }, 'last_name must be text'],
  ];
  for (const [what, body, error, type] of refused) {
    it(`refuses ${what}: ${error}`, async () => {
      const response = await create(buildApp({ authType: null }), body, type);

      expect(response.status).to.equal(400);
      expect(response.body).to.deep.equal({ error });
      expect(await User.count()).to.equal(0);
    });
  }

  it('refuses a request without a content type', async () => {
    const response = await buildApp({ authType: null }).request().post('/api/v1/users');

    expect(response.status).to.equal(400);
    expect(response.body).to.deep.equal({ error: 'Wrong format' });
  });

  for (const email of ['bob@hbtn.io', 'BOB@HBTN.IO']) {
    it(`refuses ${email} when bob@hbtn.io is registered`, async () => {
      const app = buildApp({ authType: null });
      await makeUser({ email: 'bob@hbtn.io' });

      const response = await create(app, { ...GOOD, email });

      expect(response.status).to.equal(409);
      expect(response.body).to.deep.equal({ error: 'email already registered' });
      expect(await User.count()).to.equal(1);
    });
  }

  it('V15.4.2, V2.3.3 lets one of thirty simultaneous requests have an email', async () => {
    const app = buildApp({ authType: null });

    const responses = await Promise.all(Array.from({ length: 30 }, () => create(app, GOOD)));

    const statuses = responses.map(({ status }) => status);
    expect(statuses).to.have.members([201, ...Array(29).fill(409)]);
    expect(await User.count()).to.equal(1);
  });

  it('takes nothing but what belongs to a new user', async () => {
    const app = buildApp({ authType: null });
    const extra = { id: 'mine', role: 'admin', created_at: '2001-01-01', _password: 'x', other: 1 };

    const { body } = await create(app, { ...GOOD, ...extra });

    const user = await User.get(body.id);
    expect(user?.id).not.to.equal('mine');
    expect(user?.role).to.equal('user');
    expect(user?.created_at.getTime()).to.equal(app.clock.now);
    expect(user?.toRecord()).not.to.have.property('other');
    expect(await user?.isValidPassword(GOOD.password)).to.equal(true);
  });

  it('refuses a password shorter than PASSWORD_MIN, in characters', async () => {
    const app = buildApp({ authType: null, env: { PASSWORD_MIN: '8' } });

    const short = await create(app, { email: 'a', password: '🐎'.repeat(7) });
    const long = await create(app, { email: 'b', password: '🐎'.repeat(8) });

    expect(short.status).to.equal(400);
    expect(short.body).to.deep.equal({ error: 'password must have at least 8 characters' });
    expect(long.status).to.equal(201);
  });

  it('takes any password outside production, and any of the length that is asked for', async () => {
    const passwords = ['x', 'password', 'gatehouse', 'bob@hbtn.io'];
    const statuses = [];
    for (const password of passwords) {
      statuses.push((await create(buildApp({ authType: null }), { ...GOOD, password })).status);
    }
    const app = buildApp({ authType: null, env: { PASSWORD_MIN: '8' } });
    statuses.push((await create(app, { ...GOOD, password: 'password' })).status);

    expect(statuses).to.deep.equal([201, 201, 201, 201, 201]);
  });

  it('takes any text as an email, but in production only what is shaped like an address', async () => {
    const password = 'just some plain words';
    const production = buildApp({
      authType: 'basic_auth',
      env: { NODE_ENV: 'production', TRUST_PROXY: '1' },
    });
    const admin = basic(await makeUser({ role: 'admin' }));
    const post = (email: string) =>
      production.request().post('/api/v1/users').set(admin).send({ email, password });

    const texts = ['no address', 'a@b', 'a@b.c\u200B', `${'a'.repeat(250)}@b.org`];
    for (const email of texts) expect((await post(email)).status, email).to.equal(400);
    expect((await post('bob@hbtn.io')).status).to.equal(201);

    const app = buildApp({ authType: null });
    for (const email of texts) expect((await create(app, { email, password })).status, email).to.equal(201);
  });

  for (const [password, error] of [
    ['14 characters!', 'password must have at least 15 characters'],
    ['Qwertyuiop12345', 'password is too common'],
    ['I am william.tell!', "password must not contain your email's name"],
    ['the Gatehouse is mine', "password must not contain this service's name"],
    ['at 127.0.0.1 I rest', "password must not contain this host's name"],
  ] as const) {
    it(`holds to the whole policy in production, for admins too: ${error}`, async () => {
      const app = buildApp({ authType: 'basic_auth', env: { NODE_ENV: 'production', TRUST_PROXY: '1' } });
      const admin = await makeUser({ role: 'admin' });

      const request = app.request().post('/api/v1/users').set(basic(admin));
      const response = await request.send({ email: 'William.Tell@example.org', password });

      expect(response.status).to.equal(400);
      expect(response.body).to.deep.equal({ error });
      expect(await User.count()).to.equal(1);
    });
  }

  it('refuses a password above 1,024 bytes and takes one of just that', async () => {
    const app = buildApp({ authType: null });

    const long = await create(app, { email: 'a', password: 'é'.repeat(513) });
    const most = await create(app, { email: 'b', password: 'é'.repeat(512) });

    expect(long.status).to.equal(400);
    expect(long.body).to.deep.equal({ error: 'password longer than 1024 bytes' });
    expect(most.status).to.equal(201);
  });
});

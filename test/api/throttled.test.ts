import { expect } from 'chai';
import type { Response } from 'supertest';
import { ThrottleEntry } from '../../models/throttle_entry.js';
import type { User } from '../../models/user.js';
import { Visitor } from '../support/account.js';
import {
  basic,
  buildApp,
  makeUser,
  PASSWORD,
  SESSION_SCHEMES,
  SETTINGS,
  type TestApp,
} from '../support/app.js';
import { countHashes } from '../support/counting_hasher.js';

/** A place where a password is asked for: answers what came of one. */
interface Door {
  readonly name: string;
  readonly authType: TestApp['config']['authType'];
  /** The status of a wrong password and of the right one. */
  readonly wrong: number;
  readonly right: number;
  open(app: TestApp, user: User): Promise<(password: string) => Promise<Response>>;
}

async function courseLogin(app: TestApp, email: string | null, password: string): Promise<Response> {
  return app.request().post('/api/v1/auth_session/login').type('form').send({ email, password });
}

async function login(app: TestApp, email: string | null, password: string): Promise<Response> {
  return app.request().post('/auth/login').send({ email, password });
}

/** A login whose device is not known, and then a request with its session alone. */
async function withSession(app: TestApp, user: User): Promise<Visitor> {
  const visitor = new Visitor(app);
  await visitor.login(user);
  return visitor.take('', 'device');
}

const DOORS: readonly Door[] = [
  ...SESSION_SCHEMES.map((authType) => ({
    name: `the course's login under ${authType}`,
    authType,
    wrong: 401,
    right: 200,
    open:
      async (app: TestApp, { email }: User) =>
      (password: string) =>
        courseLogin(app, email, password),
  })),
  ...SETTINGS.map((authType) => ({
    name: `/auth/login under ${authType ?? 'no scheme'}`,
    authType,
    wrong: 401,
    right: 200,
    open:
      async (app: TestApp, { email }: User) =>
      (password: string) =>
        login(app, email, password),
  })),
  {
    name: 'a Basic header',
    authType: 'basic_auth',
    wrong: 403,
    right: 200,
    open: async (app, user) => async (password) =>
      app.request().get('/api/v1/users/me').set(basic(user, password)),
  },
  {
    name: '/auth/confirm',
    authType: 'session_db_auth',
    wrong: 403,
    right: 200,
    open: async (app, user) => {
      const visitor = await withSession(app, user);
      return (password) => visitor.send('post', '/auth/confirm', { password });
    },
  },
  {
    name: '/auth/password',
    authType: 'session_db_auth',
    wrong: 403,
    right: 200,
    open: async (app, user) => {
      const visitor = await withSession(app, user);
      const next = { new_password: 'quite another sentence' };
      return (password) => visitor.send('put', '/auth/password', { current_password: password, ...next });
    },
  },
];

describe('V6.3.1 guessing passwords', () => {
  for (const door of DOORS) {
    it(`V6.1.3, V6.3.4 is slowed down at ${door.name}`, async () => {
      const app = buildApp({ authType: door.authType });
      const attempt = await door.open(app, await makeUser());
      const hasher = countHashes();

      const statuses = [];
      for (let tries = 0; tries < 5; tries += 1) statuses.push((await attempt(`wrong ${tries}`)).status);
      const early = await attempt(PASSWORD);
      const { checks } = hasher;
      app.clock.advance(1);
      const later = await attempt(PASSWORD);

      expect(statuses).to.deep.equal(Array(5).fill(door.wrong));
      expect([early.status, early.body]).to.deep.equal([429, { error: 'too many attempts' }]);
      expect(early.get('Retry-After')).to.equal('1');
      expect(early.get('Set-Cookie')).to.equal(undefined);
      expect(checks, 'a refused try costs no hash').to.equal(5);
      expect(later.status).to.equal(door.right);
      expect(app.events.filter(({ event }) => event === 'throttle')).to.have.length(1);
    });
  }

  it('counts together wherever it is done', async () => {
    const app = buildApp({ authType: 'session_db_auth' });
    const user = await makeUser();

    for (let tries = 0; tries < 3; tries += 1) await login(app, user.email, 'wrong');
    for (let tries = 0; tries < 2; tries += 1) await courseLogin(app, user.email, 'wrong');

    expect((await login(app, user.email, PASSWORD)).status).to.equal(429);
    expect((await courseLogin(app, user.email?.toUpperCase() ?? null, PASSWORD)).status).to.equal(429);
    expect((await login(app, (await makeUser()).email, PASSWORD)).status).to.equal(200);
  });

  it('V6.3.8 is answered alike for an email that nobody has and for a disabled account', async () => {
    const app = buildApp({ authType: 'session_db_auth' });
    const emails = [
      'nobody@example.org',
      (await makeUser()).email,
      (await makeUser({ disabled: true })).email,
    ];

    const answers = [];
    for (const email of emails) {
      for (let tries = 0; tries < 5; tries += 1) await login(app, email, 'wrong');
      const { status, text, headers } = await login(app, email, 'wrong');
      answers.push([status, text, Object.keys(headers), headers['retry-after']]);
    }

    expect(answers[0]?.[0]).to.equal(429);
    expect(answers[1]).to.deep.equal(answers[0]);
    expect(answers[2]).to.deep.equal(answers[0]);
  });

  it('is recorded, with a digest alone of an email that nobody has', async () => {
    const app = buildApp({ authType: 'session_db_auth' });
    const user = await makeUser();

    for (let tries = 0; tries < 6; tries += 1) await login(app, user.email, 'wrong');

    expect(app.events).to.have.length(6);
    expect(app.events[0]).to.include({ event: 'failure', outcome: 'failure', user: user.id });
    expect(app.events[5]).to.include({
      event: 'throttle',
      outcome: 'failure',
      user: user.id,
      detail: 'delay',
      address: '127.0.0.1',
    });
    expect(app.events[5]?.requestId).to.be.a('string');
  });
});

describe('an account that must wait', () => {
  it('is free again after a reset', async () => {
    const app = buildApp({ authType: 'session_db_auth' });
    const user = await makeUser();
    const new_password = 'quite another sentence';
    for (let tries = 0; tries < 5; tries += 1) await login(app, user.email, 'wrong');

    const token = await user.startReset();
    await app.request().post('/auth/reset').send({ token, new_password });

    expect((await login(app, user.email, new_password)).status).to.equal(200);
  });

  for (const path of ['/auth/account', '/api/v1/users/:id']) {
    it(`is forgotten with a removal by ${path}`, async () => {
      const app = buildApp({ authType: 'session_db_auth' });
      const user = await makeUser();
      const visitor = new Visitor(app);
      await visitor.login(user);
      for (let tries = 0; tries < 5; tries += 1) await login(app, user.email, 'wrong');
      const before = await ThrottleEntry.search({ kind: 'networks' });

      expect((await visitor.send('delete', path.replace(':id', user.id))).status).to.equal(200);

      const kinds = (await ThrottleEntry.all()).filter(({ isEmpty }) => !isEmpty).map(({ kind }) => kind);
      expect(before).to.have.length(1);
      expect(kinds).to.deep.equal(['address']);
    });
  }
});

import { expect } from 'chai';
import { useMemory } from '../../../models/storage.js';
import { User } from '../../../models/user.js';
import { UserSession } from '../../../models/user_session.js';
import { buildApp, type TestApp } from '../../support/app.js';
import { castFor, NEW_EMAIL, requestTo, sendAs, type Cast } from '../../support/cast.js';
import { documentedFields, type Role } from '../../support/rights_doc.js';

/** Every attribute that is stored, and names that other programs give to such. */
const FIELDS = new Set(
  [
    Object.keys(new User().toRecord()),
    Object.keys(new UserSession().toRecord()),
    [
      'sessions_valid_from',
      'kept_at',
      'reset_digest',
      'reset_expires_at',
      'password',
      'password_hash',
      'is_admin',
      'isAdmin',
      'admin',
    ],
    ['constructor', 'prototype', 'toString', 'hasOwnProperty', 'other'],
  ].flat(),
);

/** What would do harm as the value of a field. */
function harmful(field: string): unknown {
  if (field === 'role') return 'admin';
  if (field === 'disabled' || field === 'remember' || /admin/i.test(field)) return true;
  if (field === 'constructor') return { prototype: { role: 'admin' } };
  return field.endsWith('_at') ? '2001-01-01T00:00:00.000Z' : 'forged-forged-forged-forged-forged';
}

const ENDED = 'sessions_valid_from';
const RESET = ['_password', ENDED, 'reset_digest', 'reset_expires_at', 'updated_at'];
const NAME = ['first_name', 'updated_at'];

/** Who sends what, and which attributes of the user's own record that may change. */
const REQUESTS: readonly (readonly [Role, route: string, changes: readonly string[]])[] = [
  ['another user', 'POST /api/v1/users', []],
  ['admin', 'POST /api/v1/users', []],
  ['the user', 'PUT /api/v1/users/:id', NAME],
  ['admin', 'PUT /api/v1/users/:id', NAME],
  ['nobody', 'POST /api/v1/auth_session/login', []],
  ['nobody', 'POST /auth/register', []],
  ['admin', 'POST /auth/register', []],
  ['nobody', 'POST /auth/login', []],
  ['the user', 'PUT /auth/password', ['_password', ENDED, 'updated_at']],
  ['the user', 'POST /auth/confirm', []],
  ['nobody', 'POST /auth/reset', RESET],
  ['admin', 'PUT /auth/users/:id', ['updated_at']],
  ['nobody', 'POST /register', []],
  ['nobody', 'POST /login', []],
  ['the user', 'POST /profile', NAME],
  ['the user', 'POST /sessions', [ENDED]],
  ['the user', 'POST /confirm', []],
  ['nobody', 'POST /reset', RESET],
  ['admin', 'POST /users/:id', ['updated_at']],
];

async function recordOf(id: string, but: readonly string[]): Promise<Record<string, unknown>> {
  const record = { ...(await User.get(id))?.toRecord() };
  return Object.fromEntries(Object.entries(record).filter(([name]) => !but.includes(name)));
}

/** What is stored of the user that a request made, without what differs each time; null when it made none. */
async function madeRecord(): Promise<object | null> {
  const made = await User.findByEmail(NEW_EMAIL);
  expect(made?.id).not.to.equal(harmful('id'));
  return made && recordOf(made.id, ['_password', 'id']);
}

/** What the owner's sessions say of the owner, the times and the device. */
async function sessionsOf({ owner }: Cast): Promise<object[]> {
  const sessions = await UserSession.allOf(owner.id);
  return sessions.map((session) => {
    const { id, session_id, updated_at, ...rest } = session.toRecord();
    expect([id, session_id]).not.to.include(harmful('id'));
    expect(session_id).not.to.equal(harmful('session_id'));
    expect(updated_at).not.to.equal(harmful('updated_at'));
    return rest;
  });
}

/** Plays a request on empty storage; resolves to everything it may have left behind. */
async function outcomeOf(app: TestApp, role: Role, route: string, field: object, but: readonly string[]) {
  useMemory();
  const cast = await castFor(app, role);
  const before = await recordOf(cast.owner.id, but);
  const response = await sendAs(app, cast, route, field);
  expect(response.status, JSON.stringify(field)).to.be.oneOf([200, 201, 303]);
  expect(await recordOf(cast.owner.id, but), JSON.stringify(field)).to.deep.equal(before);
  const sessions = (await sessionsOf(cast)).map((session) => ({ ...session, user_id: 'owner' }));
  const roles = (await User.all()).map((user) => [user.role, user.disabled]);
  return { sessions, roles, made: await madeRecord() };
}

/** Sends every field that the route does not take, one by one: the outcome is the same as without. */
async function expectInert(app: TestApp, role: Role, route: string, changes: readonly string[]) {
  const taken = documentedFields().get(route) ?? [];
  const usual = await outcomeOf(app, role, route, {}, changes);
  for (const field of [...FIELDS].filter((name) => !taken.includes(name))) {
    const outcome = await outcomeOf(app, role, route, { [field]: harmful(field) }, changes);
    expect(outcome, field).to.deep.equal(usual);
  }
}

describe('V8.2.3, V15.3.3, V8.1.2 the fields of a request', () => {
  it('are all played, for every route that is written down to take any', () => {
    const played = REQUESTS.map(([, route]) => route);

    expect(new Set(played)).to.deep.equal(new Set(documentedFields().keys()));
  });

  for (const [role, route, changes] of REQUESTS) {
    it(`set nothing but what is written down for ${route} by ${role}`, async () => {
      await expectInert(buildApp({ authType: 'session_db_auth' }), role, route, changes);
    });
  }

  for (const [role, route, changes] of REQUESTS.filter(([, name]) => name.includes('/api/v1/users'))) {
    it(`set nothing else in the open API, for ${route} by ${role}`, async () => {
      await expectInert(buildApp({ authType: null }), role, route, changes);
    });
  }

  it('set nothing at PUT /api/v1/users/me, which is no user', async () => {
    const app = buildApp({ authType: 'session_db_auth' });
    const { owner, headers } = await castFor(app, 'the user');
    const before = (await User.get(owner.id))?.toRecord();

    for (const field of [...FIELDS, 'first_name']) {
      const request = app.request().put('/api/v1/users/me').set(headers);
      expect((await request.send({ [field]: harmful(field) })).status).to.equal(404);
    }

    expect((await User.get(owner.id))?.toRecord()).to.deep.equal(before);
  });

  it('are not read from the query', async () => {
    const app = buildApp({ authType: 'session_db_auth' });
    const cast = await castFor(app, 'the user');
    const query = { first_name: 'Eve', role: 'admin', email: 'eve@example.org' };

    const response = await requestTo(app, cast, 'PUT /api/v1/users/:id').query(query).send({});

    expect(response.body).to.deep.equal(cast.owner.toJSON());
    expect((await User.get(cast.owner.id))?.role).to.equal('user');
  });
});

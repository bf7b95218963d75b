import type { Response, Test } from 'supertest';
import { User } from '../../models/user.js';
import { UserSession } from '../../models/user_session.js';
import { basic, cookie, login, makeUser, PASSWORD, type TestApp } from './app.js';
import { formsOf } from './html.js';
import type { Role } from './rights_doc.js';

export const NEW_EMAIL = 'new@example.org';
export const NEW_PASSWORD = 'a new long password';

/** Who is in a scene: the user whom the request is about, and what the one who asks sends along. */
export interface Cast {
  readonly owner: User;
  /** Who asks; null for nobody. */
  readonly asking: User | null;
  /** The record of a session that the owner has. */
  readonly sessionId: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Allows to set the owner's password once. */
  readonly resetToken: string;
}

/** Everybody a request in this role needs; another admin is always there, so that nobody is the last one. */
export async function castFor(app: TestApp, role: Role): Promise<Cast> {
  const owner = await makeUser();
  await makeUser({ role: 'admin' });
  const resetToken = await owner.startReset();
  const asking = await askingFor(role, owner);
  const headers = asking ? await credentialsOf(app, asking) : {};
  if (asking !== owner) await UserSession.start(owner.id);
  const [session] = await UserSession.allOf(owner.id);
  // Written straight to the record: the guards must refuse a session that is still there.
  if (role === 'disabled user') await disable(owner);
  if (role === 'stale admin') app.clock.advance(app.config.freshSeconds + 1);
  return { owner, asking, sessionId: session?.id ?? '', headers, resetToken };
}

async function askingFor(role: Role, owner: User): Promise<User | null> {
  if (role === 'nobody') return null;
  if (role === 'another user') return makeUser();
  return role.includes('admin') ? makeUser({ role: 'admin' }) : owner;
}

/** The cookie of a session, which opens /api/v1 too where a session scheme guards it, and Basic for the rest. */
async function credentialsOf(app: TestApp, user: User): Promise<Readonly<Record<string, string>>> {
  // A token is more than its session's id.
  const credential = app.auth?.publicKeys ? await login(app, user) : await UserSession.start(user.id);
  const headers = cookie(app, credential);
  return app.auth?.sessions ? headers : { ...headers, ...basic(user) };
}

async function disable({ id }: User): Promise<void> {
  const user = await User.get(id);
  if (!user) throw new Error('the user is gone');
  user.disabled = true;
  await user.save();
}

/** A good body for each route that takes one; see docs/rights.md for the fields. */
const BODIES: Readonly<Record<string, (cast: Cast) => object>> = {
  'POST /api/v1/users': () => ({ email: NEW_EMAIL, password: NEW_PASSWORD }),
  'PUT /api/v1/users/:id': () => ({ first_name: 'Bob' }),
  'POST /api/v1/auth_session/login': ({ owner }) => ({ email: owner.email, password: PASSWORD }),
  'POST /auth/register': () => ({ email: NEW_EMAIL, password: NEW_PASSWORD }),
  'POST /auth/login': ({ owner }) => ({ email: owner.email, password: PASSWORD }),
  'PUT /auth/password': () => ({ current_password: PASSWORD, new_password: NEW_PASSWORD }),
  'POST /auth/confirm': () => ({ password: PASSWORD }),
  'POST /auth/reset': ({ resetToken }) => ({ token: resetToken, new_password: NEW_PASSWORD }),
  'PUT /auth/users/:id': () => ({ role: 'user', disabled: false }),
  'POST /register': () => ({ email: NEW_EMAIL, password: NEW_PASSWORD }),
  'POST /login': ({ owner }) => ({ email: owner.email, password: PASSWORD }),
};

/** The same for pages that take nothing but forms. */
const FORMS: Readonly<Record<string, (cast: Cast) => object>> = {
  'POST /profile': () => ({ do: 'names', first_name: 'Bob' }),
  'POST /sessions': () => ({ do: 'end_others' }),
  'POST /confirm': () => ({ password: PASSWORD }),
  'POST /reset': ({ resetToken }) => ({ token: resetToken, new_password: NEW_PASSWORD }),
  'POST /users/:id': () => ({ do: 'enable' }),
};

/** The fields of the good request of a route; none where it takes none. */
export function bodyOf(cast: Cast, route: string): object {
  return (BODIES[route] ?? FORMS[route])?.(cast) ?? {};
}

/** Whether a route takes JSON; the others take nothing but a page's form. */
export function takesJson(route: string): boolean {
  return FORMS[route] === undefined;
}

/** A request to a route about the owner, without a body. */
export function requestTo(app: TestApp, { owner, sessionId, headers }: Cast, route: string): Test {
  const [method = '', pattern = ''] = route.split(' ');
  const path = pattern.replace(':id', pattern.startsWith('/auth/sessions/') ? sessionId : owner.id);
  return app.request()[method.toLowerCase() as 'post'](path).set(headers);
}

/** Sends the good request of a route, with further fields if wanted. */
export async function sendAs(app: TestApp, cast: Cast, route: string, more: object = {}): Promise<Response> {
  if (!takesJson(route)) return sendForm(app, cast, route, { ...bodyOf(cast, route), ...more });
  const request = requestTo(app, cast, route);
  return BODIES[route] ? request.send({ ...bodyOf(cast, route), ...more }) : request;
}

/** Sends a form as a page would, with its token; every page that has one has the same. */
async function sendForm(app: TestApp, cast: Cast, route: string, fields: object): Promise<Response> {
  const page = await requestTo(app, cast, 'GET /reset');
  const [form] = formsOf(page.text);
  const cookies = [cast.headers['Cookie'], ...(page.get('Set-Cookie') ?? [])]
    .filter(Boolean)
    .map((one) => one?.split(';')[0]);
  const sent = { ...fields, _csrf: form?.fields.get('_csrf') };
  return requestTo(app, cast, route).set('Cookie', cookies.join('; ')).type('form').send(sent);
}

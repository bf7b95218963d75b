import type { Response } from 'supertest';
import type { User } from '../../models/user.js';
import { Visitor } from './account.js';
import { basic, makeUser, type TestApp } from './app.js';
import { formsOf } from './html.js';
import type { Route } from './routes.js';

export type Role = 'nobody' | 'user' | 'admin';

/** Somebody who may try routes: with a session's cookie and, where no session opens the API, with Basic. */
export interface Somebody {
  /** Null for nobody. */
  readonly user: User | null;
  /** Sends a request to a route, about this id where it is about one: as JSON, or as a form where it takes no JSON. */
  send(route: Route, id: string, fields: object): Promise<Response>;
}

export async function somebody(app: TestApp, role: Role): Promise<Somebody> {
  const visitor = new Visitor(app);
  const user = role === 'nobody' ? null : await makeUser({ role });
  if (user) await visitor.login(user);
  const headers = user && !app.auth?.sessions ? basic(user) : {};
  return {
    user,
    async send({ method, path }, id, fields) {
      const body = method === 'GET' ? undefined : fields;
      const target = path.replace(':id', id);
      const response = await visitor.send(method.toLowerCase() as 'get', target, body, headers);
      return response.status === 415 ? sendForm(visitor, target, fields) : response;
    },
  };
}

/** Sends a form as a page would, with its token. */
async function sendForm(visitor: Visitor, path: string, fields: object): Promise<Response> {
  const page = await visitor.send('get', '/reset');
  const [form] = formsOf(page.text);
  const sent = Object.entries({ ...fields, _csrf: form?.fields.get('_csrf') }).map(([name, value]) => [
    name,
    String(value),
  ]);
  const type = { 'Content-Type': 'application/x-www-form-urlencoded' };
  return visitor.send('post', path, new URLSearchParams(Object.fromEntries(sent)).toString(), type);
}

import type { Response } from 'supertest';
import type { User } from '../../models/user.js';
import { Visitor } from './account.js';
import { basic, makeUser, type TestApp } from './app.js';
import type { Route } from './routes.js';

export type Role = 'nobody' | 'user' | 'admin';

/** Somebody who may try routes: with a session's cookie and, where no session opens the API, with Basic. */
export interface Somebody {
  /** Null for nobody. */
  readonly user: User | null;
  /** Sends a request to a route, about this id where it is about one. */
  send(route: Route, id: string, fields: object): Promise<Response>;
}

export async function somebody(app: TestApp, role: Role): Promise<Somebody> {
  const visitor = new Visitor(app);
  const user = role === 'nobody' ? null : await makeUser({ role });
  if (user) await visitor.login(user);
  const headers = user && !app.auth?.sessions ? basic(user) : {};
  return {
    user,
    send: ({ method, path }, id, fields) => {
      const body = method === 'GET' ? undefined : fields;
      return visitor.send(method.toLowerCase() as 'get', path.replace(':id', id), body, headers);
    },
  };
}

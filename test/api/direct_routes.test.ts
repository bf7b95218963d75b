import { Router } from '@koa/router';
import { expect } from 'chai';
import type { Context, State } from '../../api/context.js';
import { directRoutes } from '../../api/direct_routes.js';

/** What answers a request: the view's name, or `the routers`. */
async function answerer(method: string, path: string): Promise<string> {
  const first = new Router<State>({ sensitive: true, prefix: '/api' });
  const second = new Router<State>({ sensitive: true });
  let answered = 'the routers';
  const view = (name: string) => () => void (answered = name);
  first.get('/users', view('users'));
  first.post('/users', view('new user'));
  first.get('/users/me', view('me'));
  first.get('/users/:id', view('a user'));
  second.get('/api/users', view('the second'));
  second.get('/', view('home'));
  const ctx = { method, path } as Context;
  await directRoutes([first, second])(ctx, async () => {});
  const pattern: unknown = ctx['_matchedRoute'];
  return typeof pattern === 'string' ? `${answered} (${pattern})` : answered;
}

describe('direct routes', () => {
  for (const [method, path, expected] of [
    ['GET', '/api/users', 'users (/api/users)'],
    ['HEAD', '/api/users', 'users (/api/users)'],
    ['POST', '/api/users', 'new user (/api/users)'],
    ['GET', '/api/users/', 'users (/api/users)'],
    ['GET', '/api/users/me', 'me (/api/users/me)'],
    ['GET', '/', 'home (/)'],
    ['GET', '/api/users/5', 'the routers'],
    ['PUT', '/api/users', 'the routers'],
    ['GET', '/api/Users', 'the routers'],
    ['GET', '/api/users//', 'the routers'],
    ['GET', '/api/users/:id', 'the routers'],
    ['GET', '/constructor', 'the routers'],
  ] as const) {
    it(`leave ${method} ${path} to ${expected}`, async () => {
      expect(await answerer(method, path)).to.equal(expected);
    });
  }
});

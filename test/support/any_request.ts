import { METHODS } from 'node:http';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';

/** In a generated request: the id of a user, and good credentials. */
export const MINE = 'MINE';

const words = [
  'api',
  'v1',
  'status',
  'stats',
  'users',
  'me',
  'auth_session',
  'login',
  'logout',
  MINE,
] as const;
const junk = [
  '',
  '.',
  '..',
  '%2e%2e',
  '%',
  '%zz',
  '%00',
  '%ff',
  '*',
  ';a=b',
  '#x',
  '?q=1',
  '\\',
  '__proto__',
  ':id',
];
const segment = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...words) },
  fc.constantFrom(...junk),
  fc.string({ unit: 'grapheme', minLength: 1 }).map(encodeURIComponent),
);
const routes = ['/status', '/stats', '/unauthorized', '/forbidden', '/users', '/users/me', `/users/${MINE}`];
const target = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        fc.constantFrom(...routes, '/auth_session/login', '/auth_session/logout'),
        fc.constantFrom('', '', '/', '?a=b', '#x', '//'),
      )
      .map(([route, end]) => `/api/v1${route}${end}`),
  },
  fc.array(segment, { maxLength: 6 }).map((segments) => `/${segments.join('/')}`),
  fc.constantFrom('*', 'http://', 'http://x', 'http://[', 'http://x/api/v1/users', '//x/api/v1/status'),
);

const value = fc.oneof(
  { weight: 6, arbitrary: fc.emailAddress() },
  fc.string({ unit: 'binary' }),
  fc.constantFrom('a@b.c', 'x', '', null, 0, true, [], {}, '\uD800', '\0', 'x'.repeat(2000)),
  fc.anything(),
);
const fields = fc.record(
  { email: value, password: value, first_name: value, last_name: value, role: value, id: value },
  { requiredKeys: ['email', 'password'] },
);
const json = fc.oneof(fields, fc.anything()).map((thing) => {
  try {
    return JSON.stringify(thing) ?? '';
  } catch {
    return '{"__proto__":{}}';
  }
});
const form = fc
  .array(fc.tuple(fc.constantFrom('email', 'password', 'email[]', '%ff'), fc.string({ unit: 'binary' })))
  .map((pairs) => pairs.map(([name, it]) => `${name}=${it.toWellFormed().replaceAll('&', '%26')}`).join('&'));
const oddBody = fc.oneof(json, form, fc.uint8Array({ maxLength: 200 }), json.map(gzipSync));
const oddType = fc.constantFrom(
  'application/json; charset=x',
  'multipart/form-data; boundary=x',
  'text/plain',
  ';',
  '',
);
const content = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(fc.constant('application/json'), json) },
  { weight: 3, arbitrary: fc.tuple(fc.constant('application/x-www-form-urlencoded'), form) },
  fc.tuple(fc.constant('application/json'), oddBody),
  fc.tuple(oddType, oddBody),
);

const headers = fc.record(
  {
    authorization: fc.oneof(
      { weight: 2, arbitrary: fc.constant(MINE) },
      fc.constantFrom('', 'Test', 'Basic', 'Basic ', 'Basic Og==', 'Basic //79', 'Bearer x'),
      fc.base64String().map((it) => `Basic ${it}`),
    ),
    cookie: fc.oneof(
      { weight: 2, arbitrary: fc.constant(MINE) },
      fc.constantFrom('', 'a', '_my_session_id', '_my_session_id=%ff', '_my_session_id=x; ;='),
    ),
    'content-encoding': fc.oneof(
      { weight: 5, arbitrary: fc.constant('identity') },
      fc.constantFrom('gzip', 'deflate', 'br', 'x'),
    ),
    origin: fc.constantFrom('null', 'https://a.example', '*'),
    'access-control-request-method': fc.constantFrom('PUT', '', 'x y'),
    'x-http-method-override': fc.constantFrom('DELETE'),
    'x-forwarded-for': fc.constantFrom('1.2.3.4', 'x, y'),
    expect: fc.constantFrom('100-continue'),
    accept: fc.constantFrom('text/html', '*/*', 'x'),
  },
  { requiredKeys: [] },
);

const methods = METHODS.filter((method) => method !== 'CONNECT');
const method = fc.oneof(fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'), fc.constantFrom(...methods));

/** One generated request; `MINE` in path and header values stands for what the test has. */
export const anyRequest: fc.Arbitrary<AnyRequest> = fc
  .record({ method, target, headers, content })
  .map(({ content: [type, body], headers: others, ...request }) => ({
    ...request,
    headers: { ...others, 'content-type': type },
    body,
  }));

export interface AnyRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

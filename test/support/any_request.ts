import { METHODS } from 'node:http';
import * as fc from 'fast-check';
import { content, MINE } from './any_body.js';

const pages = [
  '/',
  '/login',
  '/register',
  '/logout',
  '/profile',
  '/sessions',
  '/activity',
  '/users',
  '/users/MINE',
  '/confirm?next=/',
  '/reset?token=x',
];

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
  fc.constantFrom(...pages),
  fc.array(segment, { maxLength: 6 }).map((segments) => `/${segments.join('/')}`),
  fc.constantFrom('*', 'http://', 'http://x', 'http://[', 'http://x/api/v1/users', '//x/api/v1/status'),
);

const headers = fc.record(
  {
    authorization: fc.oneof(
      { weight: 2, arbitrary: fc.constant(MINE) },
      fc.constantFrom('', 'Test', 'Basic', 'Basic ', 'Basic Og==', 'Basic //79', 'Bearer x'),
      fc.base64String().map((it) => `Basic ${it}`),
    ),
    cookie: fc.oneof(
      { weight: 4, arbitrary: fc.constant(MINE) },
      fc.constantFrom('', 'a', '_my_session_id', '_my_session_id=%ff', '_my_session_id=x; ;='),
    ),
    'content-encoding': fc.oneof(
      { weight: 5, arbitrary: fc.constant('identity') },
      fc.constantFrom('gzip', 'deflate', 'br', 'x'),
    ),
    'access-control-request-method': fc.constantFrom('PUT', '', 'x y'),
    'x-http-method-override': fc.constantFrom('DELETE'),
    'x-forwarded-for': fc.constantFrom('1.2.3.4', 'x, y'),
    expect: fc.constantFrom('100-continue'),
    accept: fc.constantFrom('text/html', '*/*', 'x'),
    'user-agent': fc.constantFrom('', 'curl/8.0', '\t(((', 'Mozilla/5.0 '.repeat(200)),
    'x-csrf-token': fc.constantFrom('', 'x'.repeat(64)),
  },
  { requiredKeys: [] },
);

/** Where it seems to come from: mostly from nowhere, since anything else is refused before it is looked at. */
const site = fc.oneof(
  { weight: 8, arbitrary: fc.constant({}) },
  fc.record({ origin: fc.constantFrom('null', 'https://a.example', '*') }),
  fc.record({ 'sec-fetch-site': fc.constantFrom('same-origin', 'same-site', 'cross-site', 'x') }),
);

const methods = METHODS.filter((method) => method !== 'CONNECT');
const method = fc.oneof(fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'), fc.constantFrom(...methods));

/** A request to one of these targets, by a method that fits or by any, whose body may have these fields. */
export function requestsTo(
  targets: fc.Arbitrary<{ readonly target: string; readonly method: string }>,
  fields: readonly string[],
): fc.Arbitrary<AnyRequest> {
  return fc
    .tuple(targets, method, fc.nat(3), headers, site, content(fields))
    .map(([fitting, other, choice, some, from, [type, body]]) => ({
      target: fitting.target,
      method: choice === 0 ? other : fitting.method,
      headers: { ...some, ...from, 'content-type': type },
      body,
    }));
}

/** One generated request to the course API; `MINE` in it stands for what the test has. */
export const anyRequest = requestsTo(fc.record({ target, method }), [
  'email',
  'password',
  'first_name',
  'last_name',
  'role',
  'id',
]);

export interface AnyRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

import * as fc from 'fast-check';
import { MINE } from './any_body.js';
import { requestsTo, type AnyRequest } from './any_request.js';
import type { Route } from './routes.js';

/** Every field that a body under /auth may have, and some that none has. */
const FIELDS = [
  'email',
  'password',
  'current_password',
  'new_password',
  'remember',
  'token',
  'first_name',
  'role',
  'disabled',
  'id',
  '_csrf',
  'constructor',
];
const cursor = Buffer.from('2026-01-31.0.3').toString('base64url');
const id = fc.oneof(
  { weight: 3, arbitrary: fc.constant(MINE) },
  fc.constantFrom('me', '..%2f..%2fetc', '%00', '%', '%ff', '__proto__', 'constructor', 'x'.repeat(5000)),
  fc.string({ unit: 'grapheme', minLength: 1 }).map(encodeURIComponent),
);
const query = fc.oneof(
  { weight: 2, arbitrary: fc.constant('') },
  fc.constantFrom('?', '?before', '?before=', '?before=x', `?before=${cursor}`, `?before=${cursor}&before=x`),
  fc.constantFrom('?after=', '?after=x', `?after=${MINE}`, '?after=a&after=b', '?__proto__=x', '?%ff=%'),
  fc.string({ unit: 'binary' }).map((text) => `?before=${encodeURIComponent(text.toWellFormed())}`),
);

/** One generated request to one of these routes; `MINE` in it stands for what the test has. */
export function anyRequestTo(routes: readonly Route[]): fc.Arbitrary<AnyRequest> {
  const end = fc.oneof({ weight: 8, arbitrary: fc.constant('') }, fc.constantFrom('/', '//', '/x', '%2f'));
  const targets = fc
    .tuple(fc.constantFrom(...routes), id, end, query)
    .map(([{ method, path }, value, ...rest]) => ({
      method,
      target: [path.replace(':id', () => value), ...rest].join(''),
    }));
  return requestsTo(targets, FIELDS);
}

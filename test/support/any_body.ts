import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { PASSWORD } from './app.js';

/** In a generated request: the id of a user, good credentials, and in the body the user's email. */
export const MINE = 'MINE';

const value = fc.oneof(
  { weight: 6, arbitrary: fc.emailAddress() },
  { weight: 3, arbitrary: fc.constantFrom(MINE, PASSWORD) },
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    'a@b.c',
    'x',
    '',
    null,
    0,
    true,
    [],
    {},
    '\uD800',
    '\0',
    '\r\n\u001B[31m',
    'x'.repeat(2000),
  ),
  fc.anything(),
);
const oddType = fc.constantFrom(
  'application/json; charset=x',
  'multipart/form-data; boundary=x',
  'text/plain',
  ';',
  '',
);
const oddJson = fc.constantFrom(
  '{"email":"a","email":"b"}',
  '{"__proto__":{"role":"admin"}}',
  '{"a":'.repeat(9000),
  `{"email":"${'x'.repeat(110_000)}"}`,
);

/** The type and bytes of a body whose fields have these names; the first two are there most of the time. */
export function content(names: readonly string[]): fc.Arbitrary<[type: string, body: string | Uint8Array]> {
  const fields = fc.record(Object.fromEntries(names.map((name) => [name, value])), {
    requiredKeys: names.slice(0, 2),
  });
  const json = fc.oneof(fields, fc.anything()).map((thing) => {
    try {
      return JSON.stringify(thing) ?? '';
    } catch {
      return '{"__proto__":{}}';
    }
  });
  const text = fc.oneof(fc.constantFrom(MINE, PASSWORD), fc.string({ unit: 'binary' }));
  const form = fc
    .array(fc.tuple(fc.constantFrom(...names, `${names[0]}[]`, '__proto__', '%ff'), text))
    .map((pairs) =>
      pairs.map(([name, it]) => `${name}=${it.toWellFormed().replaceAll('&', '%26')}`).join('&'),
    );
  const oddBody = fc.oneof(json, form, fc.uint8Array({ maxLength: 200 }), json.map(gzipSync), oddJson);
  return fc.oneof(
    { weight: 4, arbitrary: fc.tuple(fc.constant('application/json'), json) },
    { weight: 3, arbitrary: fc.tuple(fc.constant('application/x-www-form-urlencoded'), form) },
    fc.tuple(fc.constant('application/json'), oddBody),
    fc.tuple(oddType, oddBody),
  );
}

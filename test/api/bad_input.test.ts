import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { buildApp, makeUser, type TestApp } from '../support/app.js';
import { bytesOf, storageIn, tempFolder } from '../support/temp_storage.js';

const JSON_TYPE = { 'Content-Type': 'application/json' };
const FORM_TYPE = { 'Content-Type': 'application/x-www-form-urlencoded' };
const USER = '{"email":"a@b.c","password":"x"}';
type Case = readonly [what: string, status: number, body: string | Buffer, headers?: Record<string, string>];

function userWith(attribute: string, json: string): string {
  return `{"email":"a@b.c","password":"x","${attribute}":${json}}`;
}

const NOT_TEXT = [
  '[]',
  '["a"]',
  '5',
  '0',
  '-1e999',
  'true',
  '{}',
  '{"a":{"b":[]}}',
  '"\\ud800"',
  '"a\\udc00b"',
];
const BODIES: readonly Case[] = [
  ['a body over 100 KB', 413, userWith('x', `"${'x'.repeat(102_400)}"`)],
  ['a body one byte over 100 KB', 413, USER.padEnd(102_401)],
  ['a body of 5 MB', 413, 'x'.repeat(5_000_000)],
  [
    'a small body that unpacks to 20 MB',
    413,
    gzipSync(' '.repeat(20_000_000)),
    { 'Content-Encoding': 'gzip' },
  ],
  ['a corrupt gzip', 400, 'no gzip', { 'Content-Encoding': 'gzip' }],
  ['half a gzip', 400, gzipSync(USER).subarray(0, 20), { 'Content-Encoding': 'gzip' }],
  ['a corrupt deflate', 400, 'no deflate', { 'Content-Encoding': 'deflate' }],
  ['an unknown content encoding', 415, USER, { 'Content-Encoding': 'rot13' }],
  ['a list of content encodings', 415, USER, { 'Content-Encoding': 'gzip, gzip' }],
  ['a __proto__', 400, userWith('__proto__', '{"role":"admin"}')],
  ['a nested __proto__', 400, userWith('a', '{"__proto__":{}}')],
  ['an escaped __proto__', 400, userWith('\\u005f_proto__', '{}')],
  ['deep lists', 400, '['.repeat(50_000)],
  ['deep objects that are whole', 400, `${'{"a":'.repeat(15_000)}1${'}'.repeat(15_000)}`],
  ['a number without end', 400, `{"email":${'9'.repeat(90_000)}}`],
  ['two JSON texts', 400, `${USER}${USER}`],
  ['a NUL', 400, `${USER}\0`],
  ['UTF-16', 400, Buffer.from(USER, 'utf16le')],
  ['a lone UTF-8 byte in a text', 400, Buffer.from(USER.replace('a@b.c', '\xff'), 'latin1')],
  ['an overlong UTF-8 sequence', 400, Buffer.from(USER.replace('a@b.c', '\xc0\xaf'), 'latin1')],
  ['an UTF-8 surrogate', 400, Buffer.from(USER.replace('a@b.c', '\xed\xa0\x80'), 'latin1')],
  ['multipart', 400, '--x\r\n\r\nx\r\n--x--', { 'Content-Type': 'multipart/form-data; boundary=x' }],
  ['an empty content type', 400, USER, { 'Content-Type': '' }],
  ['a content type that is none', 400, USER, { 'Content-Type': ';;;application/json' }],
];

/** Sends it; whatever it is, it is refused in JSON. */
async function refuse(app: TestApp, method: 'post' | 'put', path: string, [what, , body, headers]: Case) {
  const request = app.request()[method](path);
  const response = await request
    .set({ ...JSON_TYPE, ...headers })
    // Anything else would be made JSON once more.
    .serialize((text: string) => text)
    .send(body);
  expect(response.type, what).to.equal('application/json');
  expect(response.body.error, what).to.be.a('string');
  return response.status;
}

describe('a request nobody should send', () => {
  let app: TestApp;
  let folder: string;
  let before: Readonly<Record<string, string>>;
  let id: string;

  beforeEach(async () => {
    app = buildApp({ authType: null });
    folder = await tempFolder();
    await storageIn(folder);
    ({ id } = await makeUser({ email: 'bob@hbtn.io' }));
    before = await bytesOf(folder);
  });

  afterEach(async () => {
    expect(await bytesOf(folder), 'the store has changed').to.deep.equal(before);
    expect(app.lines.filter((line) => !line.includes('"level":30'))).to.deep.equal([]);
  });

  it('would change the store if it were a good one', () => {
    expect(Object.keys(before)).to.deep.equal(['ThrottleEntry.jsonl', 'User.jsonl', 'UserSession.jsonl']);
    expect(before['User.jsonl']).to.include('bob@hbtn.io');
  });

  for (const example of BODIES) {
    it(`V2.2.1, RS status codes: with ${example[0]} is ${example[1]}`, async () => {
      expect(await refuse(app, 'post', '/api/v1/users', example)).to.equal(example[1]);
    });
  }

  for (const json of NOT_TEXT) {
    for (const attribute of ['email', 'password', 'first_name', 'last_name']) {
      it(`V15.3.5 with ${json} as ${attribute} of a new user is 400`, async () => {
        expect(await refuse(app, 'post', '/api/v1/users', ['', 400, userWith(attribute, json)])).to.equal(
          400,
        );
      });
    }

    it(`with ${json} as the name of a user is 400`, async () => {
      const example: Case = ['', 400, `{"first_name":"Bob","last_name":${json}}`];

      expect(await refuse(app, 'put', `/api/v1/users/${id}`, example)).to.equal(400);
    });
  }

  for (const body of [
    'email=a&email=b&password=x',
    'email=%ff&password=x',
    'email=a&password=%c0%af',
    '&=&==&',
    '%',
  ]) {
    it(`V15.3.7 with the form ${body} is 400`, async () => {
      expect(await refuse(app, 'post', '/api/v1/auth_session/login', ['', 400, body, FORM_TYPE])).to.equal(
        400,
      );
    });
  }

  const ids = [
    'x'.repeat(10_000),
    '../',
    '..%2f..%2fUser.jsonl',
    '%2e%2e',
    '%00',
    'a%00b',
    '%zz',
    '%',
    '%c0%af',
  ];
  for (const wrong of [...ids, '%ff', '\\', '%5c', ';', '*', '__proto__', '%E2%80%AE', '%ED%A0%80']) {
    it(`V5.3.2 for the user ${wrong.slice(0, 30)} is 404, or 405 where that is another path`, async () => {
      const path = `/api/v1/users/${wrong}`;

      const answers = [
        await app.request().get(path),
        await app.request().put(path).send({ first_name: 'x' }),
        await app.request().delete(path),
      ];

      for (const { status, body } of answers) {
        expect(status).to.be.oneOf([404, 405]);
        expect(body.error).to.be.a('string');
      }
    });
  }
});

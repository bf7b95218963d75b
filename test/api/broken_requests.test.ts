import { expect } from 'chai';
import { buildApp } from '../support/app.js';
import { listen } from '../support/listening.js';
import { exchange, type RawAnswer } from '../support/raw_client.js';

const HOST = 'Host: x\r\n';
const END = `${HOST}Connection: close\r\n\r\n`;
const LENGTH = 'Content-Type: application/json\r\nContent-Length:';

/** What is sent, and the status it deserves without credentials: in the open API, and where a scheme is on. */
const REQUESTS: readonly (readonly [string, string | Buffer, number, number?])[] = [
  ['garbage', 'garbage\r\n\r\n', 400],
  ['nothing but empty lines and an end', '\r\n\r\n \r\n\r\n', 400],
  ['the first bytes of TLS', Buffer.from('16030100a5010000a10303', 'hex'), 400],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  ['a version that does not exist', `GET / HTTP/9.9\r\n${END}`, 400],
  ['an unknown method', `FOO / HTTP/1.1\r\n${END}`, 400],
  ['a method in lower case', `get / HTTP/1.1\r\n${END}`, 400],
  ['no Host', 'GET /api/v1/status HTTP/1.1\r\n\r\n', 400],
  ['a target without a slash', `GET api/v1/status HTTP/1.1\r\n${END}`, 400],
  ['a target that is a query', `GET ?x HTTP/1.1\r\n${END}`, 400],
  ['a NUL in the target', `GET /api/v1/users/a\0b HTTP/1.1\r\n${END}`, 400],
  ['bytes beyond ASCII in the target', `GET /api/v1/users/\xff\xfe HTTP/1.1\r\n${END}`, 400],
  ['http:// and nothing', `GET http:// HTTP/1.1\r\n${END}`, 400],
  ['http:// and junk', `GET http://[::bad/api/v1/users HTTP/1.1\r\n${END}`, 400],
  ['http:// and a port too high', `GET http://a:99999/nope HTTP/1.1\r\n${END}`, 404, 401],
  ['http:// and a public path', `GET http://x/api/v1/status HTTP/1.1\r\n${END}`, 200, 200],
  ['http:// and another path', `GET http://x/api/v1/users HTTP/1.1\r\n${END}`, 200, 401],
  ['a public path behind a #', `GET /api/v1/users#/api/v1/status HTTP/1.1\r\n${END}`, 200, 401],
  [
    'a public path behind http:// and a #',
    `GET http://x/api/v1/users#/api/v1/status HTTP/1.1\r\n${END}`,
    200,
    401,
  ],
  ['two slashes in front', `GET //x/api/v1/status HTTP/1.1\r\n${END}`, 404, 401],
  ['dot segments behind a public path', `GET /api/v1/status/../users HTTP/1.1\r\n${END}`, 404, 401],
  ['dot segments before a public path', `GET /api/v1/users/../status HTTP/1.1\r\n${END}`, 404, 401],
  ['a backslash', `GET /api/v1\\users HTTP/1.1\r\n${END}`, 404, 401],
  ['OPTIONS *', `OPTIONS * HTTP/1.1\r\n${END}`, 404, 401],
  ['GET *', `GET * HTTP/1.1\r\n${END}`, 404, 401],
  ['V4.1.4, V13.4.4 TRACE', `TRACE /api/v1/users HTTP/1.1\r\n${END}`, 405, 401],
  ['V4.1.4 PROPFIND', `PROPFIND /api/v1/users HTTP/1.1\r\n${END}`, 405, 401],
  ['CONNECT', `CONNECT x:443 HTTP/1.1\r\n${END}`, 400],
  [
    'Expect: 100-continue',
    `POST /api/v1/users HTTP/1.1\r\nExpect: 100-continue\r\n${LENGTH} 2\r\n${END}{}`,
    400,
    401,
  ],
  ['another Expect', `POST /api/v1/users HTTP/1.1\r\nExpect: magic\r\n${LENGTH} 2\r\n${END}{}`, 417],
  ['V4.2.1 two lengths', `POST /api/v1/users HTTP/1.1\r\n${LENGTH} 2\r\nContent-Length: 3\r\n${END}{} `, 400],
  ['V4.2.1 a negative length', `POST /api/v1/users HTTP/1.1\r\n${LENGTH} -2\r\n${END}{}`, 400],
  ['a length of many digits', `POST /api/v1/users HTTP/1.1\r\n${LENGTH} ${'9'.repeat(30)}\r\n${END}{}`, 400],
  [
    'V4.2.1 a length and chunks',
    `POST /api/v1/users HTTP/1.1\r\n${LENGTH} 2\r\nTransfer-Encoding: chunked\r\n${END}0\r\n\r\n`,
    400,
  ],
  [
    'V4.2.1 an unknown transfer encoding',
    `POST /api/v1/users HTTP/1.1\r\nTransfer-Encoding: x\r\n${END}{}`,
    400,
  ],
  ['V4.2.1 a space before a colon', `GET / HTTP/1.1\r\nX : y\r\n${END}`, 400],
  ['V4.2.1 a folded header', `GET / HTTP/1.1\r\nX: y\r\n z\r\n${END}`, 400],
  ['a header of 20 KB', `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n${END}`, 431],
  ['a header of 3 MB', `GET / HTTP/1.1\r\nX: ${'x'.repeat(3_000_000)}\r\n${END}`, 431],
  ['cookies of 20 KB', `GET / HTTP/1.1\r\nCookie: ${'a=b; '.repeat(4000)}\r\n${END}`, 431],
  ['a path of 20 KB', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\n${END}`, 431],
  [
    'a cookie of 10 KB',
    `GET /api/v1/stats HTTP/1.1\r\nCookie: _my_session_id=${'x'.repeat(10_000)}\r\n${END}`,
    200,
    403,
  ],
  [
    '800 cookies',
    `GET /api/v1/stats HTTP/1.1\r\nCookie: ${'_my_session_id=x;'.repeat(800)}\r\n${END}`,
    200,
    403,
  ],
];

function expectJson({ status, headers, body }: RawAnswer): void {
  expect(headers.get('content-type')).to.match(/^application\/json/);
  if (status >= 400) expect(JSON.parse(body).error).to.be.a('string');
  expect(body).not.to.match(/node_modules|\.[jt]s\b|at \w+ \(/);
}

for (const authType of [null, 'session_auth', 'basic_auth'] as const) {
  describe(`over a bare connection under ${authType ?? 'no scheme'}`, () => {
    for (const [what, text, open, guarded = open] of REQUESTS) {
      const status = authType === null ? open : guarded;
      it(`${what} is answered with ${status} in JSON`, async () => {
        const app = buildApp({ authType });
        const { port } = await listen(app.listener);

        const answers = await exchange(port, text);

        expect(answers.map((answer) => answer.status)).to.deep.equal([status]);
        answers.forEach(expectJson);
        expect(app.lines.filter((line) => !line.includes('"level":30'))).to.deep.equal([]);
      });
    }
  });
}

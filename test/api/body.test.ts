import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { buildApp } from '../support/app.js';

const USER = '{"email":"a@b.c","password":"x"}';

describe('JSON that is only unusual', () => {
  for (const [what, body] of [
    ['with a byte order mark', `\uFEFF${USER}`],
    ['with spaces around it', `\n\t ${USER} \r\n`],
    ['with an attribute twice, where the last one counts', `{"email":"b",${USER.slice(1)}`],
    ['in gzip', gzipSync(USER)],
    ['of just 100 KB', USER.padEnd(102_400)],
    ['that unpacks to just 100 KB', gzipSync(USER.padEnd(102_400))],
  ] as const) {
    it(`${what} is taken`, async () => {
      const app = buildApp({ authType: null });
      const encoding = typeof body === 'string' ? 'identity' : 'gzip';

      const response = await app
        .request()
        .post('/api/v1/users')
        .set({ 'Content-Type': 'application/json', 'Content-Encoding': encoding })
        .serialize((text: string) => text)
        .send(body);

      expect(response.status).to.equal(201);
      expect(response.body.email).to.equal('a@b.c');
    });
  }
});

describe('no body', () => {
  for (const headers of [{}, { 'Content-Type': 'text/plain' }, { 'Content-Type': 'application/json' }]) {
    it(`of 0 bytes is one without fields under /auth, with ${JSON.stringify(headers)}`, async () => {
      const app = buildApp({ authType: null });

      const response = await app
        .request()
        .post('/auth/login')
        .set({ 'Content-Length': '0', ...headers });

      expect([response.status, response.body]).to.deep.equal([400, { error: 'email missing' }]);
    });
  }
});

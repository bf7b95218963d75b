import { hash } from 'node:crypto';
import { expect } from 'chai';
import { AdminCli } from '../support/admin_cli.js';
import { ADMIN, LeakyClient, playEveryRoute } from '../support/leaky_client.js';
import { exchange } from '../support/raw_client.js';
import { findSecrets } from '../support/secrets.js';
import { ServerProcess } from '../support/server_process.js';
import { bytesOf, tempFolder } from '../support/temp_storage.js';

const CODINGS = ['base64', 'base64url', 'hex'] as const;
const UNSALTED = ['sha256', 'sha1', 'md5'] as const;

/** Other ways to write a secret down. */
function disguises(secret: string): string[] {
  return [secret, ...CODINGS.map((coding) => Buffer.from(secret).toString(coding))];
}

/** What whoever can guess the secret can find it out from; of what is random to its last letter, a digest is kept. */
function digests(secret: string): string[] {
  return CODINGS.flatMap((coding) => UNSALTED.map((name) => hash(name, secret, coding)));
}

/** What no route expects. */
async function everythingOdd(client: LeakyClient, port: number): Promise<void> {
  const secret = (): string => encodeURIComponent(client.secret());
  await client.send('GET', `/auth/${secret()}`, {});
  await client.send('GET', `/api/v1/${secret()}`, {});
  await client.send('DELETE', `/auth/reset/${secret()}`, {});
  await client.send('POST', '/auth/login', { email: client.secret(), password: client.secret() });
  await client.send('POST', '/auth/login', { password: [client.secret()], email: { a: client.secret() } });
  await client.send('POST', '/auth/login', {
    email: 'a',
    password: `${client.secret()}${'x'.repeat(200_000)}`,
  });
  await client.send('POST', '/auth/reset', { token: client.secret() }, { 'Content-Type': 'text/plain' });
  await client.send('PUT', '/auth/password', {}, { 'Content-Type': `multipart/${secret()}` });
  for (const scheme of ['Basic', 'Bearer', secret()]) {
    const pair = Buffer.from(`${ADMIN}:${client.secret()}`).toString('base64');
    await client.send('GET', '/api/v1/users', {}, { Authorization: `${scheme} ${client.type(pair)}` });
  }
  const raw = (text: string) => exchange(port, text);
  await raw(`GET /auth/status\r\nCookie: _my_session_id=${secret()}\r\n\r\n`);
  await raw(`POST /auth/login HTTP/1.1\r\nHost: x\r\nX: ${secret()}${'x'.repeat(20_000)}\r\n\r\n`);
  await raw(`POST /auth/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${secret()}\r\n`);
  await raw(
    `POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 90\r\nConnection: close\r\n\r\n{"${secret()}`,
  );
}

describe('V16.2.5 the logs, the audit trail and the storage', () => {
  for (const authType of ['session_db_auth', 'jwt_auth', 'basic_auth'] as const) {
    it(`hold no password, cookie value or token after everything was done, under ${authType}`, async () => {
      const folder = await tempFolder();
      const cli = new AdminCli(folder);
      const env = { AUTH_TYPE: authType, LOG_LEVEL: 'trace', STORAGE_DIR: folder, SCRYPT_COST: '4,8,1' };
      const adminPassword = 'just some plain words';
      const made = await cli.runWith({ input: adminPassword }, 'create', ADMIN, '--admin');
      const created = await cli.runWith({ input: adminPassword }, 'create', 'reset@example.org');
      const token = (await cli.run('reset', 'reset@example.org')).stdout.trim();
      const server = ServerProcess.node(env);
      const port = await server.port();
      const client = new LeakyClient(port);
      client.type(adminPassword);
      client.handedOut.add(token);

      await playEveryRoute(client, authType, adminPassword);
      await everythingOdd(client, port);
      const fields = { token: token, new_password: client.secret() };
      const reset = await client.send('POST', '/auth/reset', fields);
      const again = await client.send('POST', '/auth/reset', fields);
      server.kill('SIGTERM');
      await server.exited;

      const files = Object.entries(await bytesOf(folder)).map(([name, bytes]) => [
        name,
        Buffer.from(bytes, 'latin1').toString(),
      ]);
      const texts = new Map([
        ...(files as [string, string][]),
        ['stdout', server.stdout],
        ['stderr', server.stderr],
        ['admin', made.stdout + made.stderr + created.stdout + created.stderr],
      ]);
      expect([made.code, created.code, reset.status, again.status]).to.deep.equal([0, 0, 200, 410]);
      expect(server.stdout).to.include('"route":"/auth/login","status":200');
      expect([...texts.keys()].join(' ')).to.match(/User\.jsonl.* UserSession\.jsonl.* audit\//);
      const { typed, handedOut } = client;
      expect([typed.size > 500, handedOut.size > 100]).to.deep.equal([true, true]);
      expect(findSecrets(texts, [...typed, ...handedOut].flatMap(disguises))).to.deep.equal([]);
      expect(findSecrets(texts, [...typed].flatMap(digests))).to.deep.equal([]);
    }).timeout(20_000);
  }

  it('are searched after every test, in every form in which a secret may be there', () => {
    const texts = new Map([
      ['plain', 'x "a secret" €y'],
      ['JSON', JSON.stringify({ password: '"a secret" €' })],
      ['URL', `/path?token=${encodeURIComponent('"a secret" €')}`],
      ['ASCII', '{"password":"\\"a secret\\" \\u20AC"}'],
      ['harmless', '"a  secret" €'],
    ]);

    const found = findSecrets(texts, ['"a secret" €']);

    expect(found).to.deep.equal(['plain', 'JSON', 'URL', 'ASCII'].map((name) => `"a secret" € in ${name}`));
  });
});

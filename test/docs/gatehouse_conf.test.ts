import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { makeUser, PASSWORD, useFastHasher } from '../support/app.js';
import { makeCertificate } from '../support/certificate.js';
import { ask, cookiesOf, type Answer, type Question } from '../support/https_client.js';
import { needNginx, NginxProcess } from '../support/nginx_process.js';
import { RawClient } from '../support/raw_client.js';
import { ServerProcess } from '../support/server_process.js';
import { storageIn } from '../support/temp_storage.js';
import { useTempFolder } from '../support/temp_folder.js';

/** What a client claims to be that wants to look like another, or like one on plain http. */
const FORGED = {
  'X-Forwarded-For': '192.0.2.66',
  'X-Forwarded-Proto': 'http',
  'X-Forwarded-Host': 'evil.example',
  Forwarded: 'for=192.0.2.66;proto=http;host=evil.example',
};
const CLIENT = '127.9.8.7';

describe('docs/nginx/gatehouse.conf', () => {
  const folder = useTempFolder();
  let ca: string;
  let nginx: NginxProcess;
  beforeEach(needNginx);

  /** nginx in front of what listens on this port. */
  async function startNginx(port: number): Promise<void> {
    const { cert, key } = await makeCertificate(folder());
    ca = await readFile(cert, 'utf8');
    nginx = await NginxProcess.start(join(folder(), 'nginx'), 'gatehouse.conf', {
      'login.example.org': 'localhost',
      '/etc/ssl/gatehouse/fullchain.pem': cert,
      '/etc/ssl/gatehouse/privkey.pem': key,
      '127.0.0.1:5000': `127.0.0.1:${port}`,
    });
  }

  /** A production server with one user, and nginx in front of it; resolves to the user's email. */
  async function startBoth(): Promise<string> {
    useFastHasher();
    const storage = await storageIn(`${folder()}/storage`);
    const { email } = await makeUser();
    await storage.close();
    const server = ServerProcess.node({
      NODE_ENV: 'production',
      AUTH_TYPE: 'session_db_auth',
      TRUST_PROXY: '1',
      SCRYPT_COST: '13,8,10',
      STORAGE_DIR: `${folder()}/storage`,
    });
    await startNginx(await server.port());
    return email ?? '';
  }

  const send = (question: Omit<Question, 'port'>): Promise<Answer> =>
    ask({ port: nginx.httpsPort, ca, from: CLIENT, ...question });

  const logIn = (email: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
    send({
      path: '/auth/login',
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify({ email, password: PASSWORD }),
    });

  /** Everything that was written into the storage folder's audit trail. */
  async function auditTrail(): Promise<string> {
    const audit = join(folder(), 'storage', 'audit');
    const files = await readdir(audit);
    return (await Promise.all(files.map((file) => readFile(join(audit, file), 'utf8')))).join('');
  }

  it('V3.3.1, V3.3.3, V3.4.1, V12.2.1 logs in over https, with the strict cookie and HSTS', async () => {
    const email = await startBoth();

    const login = await logIn(email);
    const status = await send({ path: '/auth/status', headers: { Cookie: cookiesOf(login).join('; ') } });

    expect(login.status).to.equal(200);
    expect(login.headers['set-cookie']?.[0]).to.match(
      /^__Host-session=[\w-]{32}; Max-Age=43\d{3}; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    expect(login.headers['strict-transport-security']).to.equal('max-age=31536000');
    expect([status.status, status.headers['remote-email']]).to.deep.equal([200, email]);
  });

  it('V4.1.3, V15.3.4 believes nothing that a client says of its address, protocol and host', async () => {
    const email = await startBoth();

    const login = await logIn(email, FORGED);
    const forged = await logIn(email, { ...FORGED, Origin: 'https://evil.example' });
    const own = await logIn(email, { ...FORGED, Origin: `https://localhost:${nginx.httpsPort}` });
    const trail = await auditTrail();

    expect(JSON.parse(login.body)).to.have.nested.property('session.address', '127.9.8.x');
    expect(login.headers['strict-transport-security']).to.equal('max-age=31536000');
    expect([forged.status, own.status]).to.deep.equal([403, 200]);
    expect(trail).to.include(`"address":"${CLIENT}"`).and.not.include('192.0.2.66');
  });

  it('sends browsers from http to https, and takes nothing secret over http', async () => {
    await startNginx(9);
    const http = (path: string, method = 'GET'): Promise<Answer> =>
      ask({ port: nginx.httpPort, path, method, headers: { Host: 'evil.example' } });

    const page = await http('/login?next=/a%20b');
    const refused = await Promise.all([
      http('/login', 'POST'),
      http('/auth/login', 'POST'),
      http('/auth/status'),
      http('/api/v1/users/me'),
      http('//api/v1/users/me'),
    ]);

    expect([page.status, page.headers.location]).to.deep.equal([308, 'https://localhost/login?next=/a%20b']);
    expect(refused.map(({ status }) => status)).to.deep.equal([403, 403, 403, 403, 403]);
  });

  it('answers for its own name alone, with bodies of a modest size, and says no version', async () => {
    await startNginx(9);

    const stranger = await send({ path: '/', headers: { Host: 'evil.example' } });
    const large = await send({ path: '/auth/login', method: 'POST', body: 'x'.repeat(102_401) });
    const down = await send({ path: '/auth/status' });

    expect([stranger.status, large.status, down.status]).to.deep.equal([421, 413, 502]);
    expect(down.headers['server']).to.equal('nginx');
  });

  it('V12.2.1 speaks TLS 1.2 and newer with strong ciphers, and no plain http on the port for https', async () => {
    await startNginx(9);
    const [oldVersion, newVersion] = ['TLSv1.1', 'TLSv1.2'] as const;
    const outcome = async (tls: NonNullable<Question['tls']>): Promise<unknown> =>
      send({ path: '/', tls }).then(({ status }) => status, String);

    const plain = new RawClient(nginx.httpsPort).send('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');

    expect((await plain.answers())[0]?.status).to.equal(400);
    expect(await outcome({ maxVersion: newVersion })).to.equal(502);
    expect(
      await outcome({ minVersion: oldVersion, maxVersion: oldVersion, ciphers: 'DEFAULT@SECLEVEL=0' }),
    ).to.match(/alert protocol version/);
    // Without forward secrecy, or without authenticated encryption: what nginx alone would take.
    for (const ciphers of ['ECDHE-ECDSA-AES128-SHA256', 'ECDHE-ECDSA-AES256-SHA']) {
      expect(await outcome({ maxVersion: newVersion, ciphers }), ciphers).to.match(/alert handshake failure/);
    }
  });
});

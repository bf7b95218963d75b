import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { connect as connectPlain } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { makeUser, PASSWORD, useFastHasher } from '../support/app.js';
import { makeCertificate } from '../support/certificate.js';
import { ServerProcess } from '../support/server_process.js';
import { storageIn } from '../support/temp_storage.js';
import { useTempFolder } from '../support/temp_folder.js';

const run = promisify(execFile);

describe('V12.2.1 a server with TLS_CERT and TLS_KEY', () => {
  const folder = useTempFolder();
  let files: { readonly cert: string; readonly key: string };
  beforeEach(async () => {
    files = await makeCertificate(folder());
  });

  function start(env: Readonly<Record<string, string>> = {}): ServerProcess {
    const tls = { TLS_CERT: files.cert, TLS_KEY: files.key, STORAGE_DIR: `${folder()}/storage` };
    return ServerProcess.node({ AUTH_TYPE: 'session_db_auth', SCRYPT_COST: '4,8,1', ...tls, ...env });
  }

  async function curl(port: number, path: string, ...args: readonly string[]): Promise<string> {
    const all = ['-s', '-i', '--cacert', files.cert, ...args, `https://localhost:${port}/api/v1${path}`];
    // Only what the system needs: no proxy of the machine's may be asked.
    const { stdout } = await run('curl', ['--noproxy', '*', ...all]);
    return stdout;
  }

  /** A connection over which TLS is spoken. */
  async function secureSocket(port: number): Promise<TLSSocket> {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
    socket.on('error', () => {});
    await once(socket, 'secureConnect');
    return socket;
  }

  it('speaks https: a login with curl, whose cookie is Secure and opens the API', async () => {
    useFastHasher();
    const storage = await storageIn(`${folder()}/storage`);
    const { email } = await makeUser();
    await storage.close();
    const server = start();
    const port = await server.port();
    const jar = `${folder()}/cookies.txt`;

    const form = ['-d', `email=${email}`, '--data-urlencode', `password=${PASSWORD}`];
    const answer = await curl(port, '/auth_session/login', '-c', jar, ...form);
    const me = await curl(port, '/users/me', '-b', jar);

    expect(answer).to.match(/^HTTP\/1\.1 200 /);
    expect(answer).to.match(
      /^Set-Cookie: _my_session_id=[\w-]{32}; Path=\/; HttpOnly; Secure; SameSite=Lax\r$/m,
    );
    expect(answer).to.match(/^Strict-Transport-Security: max-age=31536000\r$/m);
    expect(me)
      .to.match(/^HTTP\/1\.1 200 /)
      .and.to.include(`"email":"${email}"`);
    expect(server.lines.map(({ msg }) => msg)[0]).to.match(
      new RegExp(`^Gatehouse listens on https://127\\.0\\.0\\.1:${port}, scheme: session_db_auth`),
    );
  });

  it('starts in production on every address', async () => {
    const server = start({ NODE_ENV: 'production', API_HOST: '0.0.0.0', SCRYPT_COST: '13,8,10' });

    expect(await curl(await server.port(), '/status')).to.match(/^HTTP\/1\.1 200 /);
  });

  it('does not start with a key of another certificate, and names the variable', async () => {
    const { key } = await makeCertificate(folder(), 'other');

    const server = start({ TLS_KEY: key });

    expect(await server.exited).to.equal(1);
    expect(server.stderr).to.match(/- TLS_KEY .* do not belong together/);
  });

  it('outlives clients that do not speak TLS, or break it off', async () => {
    const port = await start().port();

    for (const bytes of ['GET / HTTP/1.1\r\nHost: x\r\n\r\n', '\x16\x03\x01\xff\xff', '\0']) {
      const socket = connectPlain(port, '127.0.0.1');
      socket.on('error', () => {});
      socket.end(bytes, 'latin1');
      await once(socket.resume(), 'close');
    }
    const broken = await secureSocket(port);
    broken.destroy();

    expect(await curl(port, '/status')).to.match(/^HTTP\/1\.1 200 /);
  });

  for (const bytes of ['broken\r\n\r\n', 'GET / HTTP/1.1\r\n\r\n']) {
    it(`answers a broken request over TLS in JSON: ${JSON.stringify(bytes)}`, async () => {
      const socket = await secureSocket(await start().port());

      socket.write(bytes);
      const [answer] = (await once(socket, 'data')) as [Buffer];

      expect(answer.toString()).to.match(/^HTTP\/1\.1 400 [^]*\{"error":"Bad request"\}$/);
      await once(socket, 'close');
    });
  }

  it('stops at SIGTERM without waiting for connections that are idle or still shake hands', async () => {
    const server = start();
    const port = await server.port();
    const idle = await secureSocket(port);
    idle.write('GET /api/v1/status HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(idle, 'data');
    const silent = await secureSocket(port);
    const plain = connectPlain(port, '127.0.0.1');
    plain.on('error', () => {});
    await once(plain, 'connect');

    const begin = performance.now();
    server.kill('SIGTERM');

    expect(await server.exited).to.equal(0);
    expect(performance.now() - begin).to.be.below(4000);
    for (const socket of [idle, silent, plain]) socket.destroy();
  });

  it('answers what is under way at SIGTERM, and closes the connection', async () => {
    // The hash of a real server takes long enough to be in the middle of it.
    const server = start({ SCRYPT_COST: '15,8,3', AUTH_TYPE: '' });
    const socket = await secureSocket(await server.port());
    let received = '';
    socket.on('data', (data: Buffer) => (received += data.toString()));
    const body = JSON.stringify({ email: 'a@b.c', password: 'correct horse' });
    const head = 'POST /api/v1/users HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
    socket.write(`${head}Expect: 100-continue\r\nContent-Length: ${body.length}\r\n\r\n`);
    await once(socket, 'data');
    socket.write(body);
    await new Promise((resolve) => setTimeout(resolve, 30));

    server.kill('SIGTERM');

    expect(await server.exited).to.equal(0);
    expect(received).to.match(/HTTP\/1\.1 201 Created[^]*connection: close[^]*"email":"a@b\.c"/i);
  });
});

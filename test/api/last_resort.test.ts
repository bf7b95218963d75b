import { expect } from 'chai';
import { ServerProcess } from '../support/server_process.js';
import { storageIn, tempFolder } from '../support/temp_storage.js';

/** Lets a signal break the server where no request's own handler can catch it. */
function brokenBy(code: string): string {
  const source = `process.on('SIGUSR2', () => { ${code} })`;
  return `--import=data:text/javascript,${encodeURIComponent(source)}`;
}

describe('an error that nobody caught', () => {
  for (const [what, code] of [
    ['thrown', "setTimeout(() => { throw new Error('boom') })"],
    ['a rejection', "void Promise.reject(new Error('boom'))"],
  ] as const) {
    it(`V16.5.4 is logged and ends the server, with the storage left sound: ${what}`, async () => {
      const folder = await tempFolder();
      const env = { AUTH_TYPE: 'session_db_auth', STORAGE_DIR: folder, NODE_OPTIONS: brokenBy(code) };
      const server = ServerProcess.node(env);
      await server.port();

      server.kill('SIGUSR2');
      const exit = await server.exited;

      const last = server.lines.at(-1) as { level?: number; err?: { message: string } } | undefined;
      expect([exit, last?.level, last?.err?.message]).to.deep.equal([1, 60, 'boom']);
      await storageIn(folder);
    });
  }
});

describe('what a server writes', () => {
  it('V16.4.3 is one JSON text a line on standard output, for whatever ships logs to another machine', async () => {
    const server = ServerProcess.node({ AUTH_TYPE: 'session_auth', STORAGE_DIR: await tempFolder() });
    const url = `http://127.0.0.1:${await server.port()}`;

    await fetch(`${url}/auth/status`);
    await fetch(`${url}/auth/login`, { method: 'POST', body: '{"email":"a\\nb"}' });
    server.kill('SIGTERM');
    await server.exited;

    const lines = server.stdout.split('\n');
    expect([lines.pop(), server.stderr]).to.deep.equal(['', '']);
    const parsed = lines.map((line) => JSON.parse(line) as { time: string });
    expect(parsed.length).to.be.above(3);
    for (const { time } of parsed) expect(time).to.match(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });
});

describe('a fresh install', () => {
  it('V6.3.2 has no user, and no name and password that others would try', async () => {
    const server = ServerProcess.node({ STORAGE_DIR: await tempFolder(), SCRYPT_COST: '4,8,1' });
    const url = `http://127.0.0.1:${await server.port()}`;
    const tries = ['admin', 'root', 'test', 'guest', 'admin@example.org', 'admin@localhost'].flatMap(
      (email) => ['admin', 'password', 'changeme', email].map((password) => ({ email, password })),
    );

    const stats = await (await fetch(`${url}/api/v1/stats`)).json();
    const statuses = new Set<number>();
    for (const body of tries) {
      const options = { method: 'POST', body: new URLSearchParams(body) };
      statuses.add((await fetch(`${url}/auth/login`, options)).status);
    }

    expect(stats).to.deep.equal({ users: 0 });
    expect([...statuses]).to.deep.equal([401]);
  });
});

import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { cookieOf, getMe, logIn } from '../support/http_client.js';
import { listen } from '../support/listening.js';
import { ServerProcess } from '../support/server_process.js';
import { makeUser, useFastHasher } from '../support/app.js';
import { bytesOf, storageIn, tempFolder } from '../support/temp_storage.js';

const FAST = { SCRYPT_COST: '4,8,1' };

describe('the start of a server', () => {
  it('says where it listens, under which scheme, and where its data is', async () => {
    const folder = await tempFolder();
    const server = ServerProcess.node({ AUTH_TYPE: 'session_auth', STORAGE_DIR: folder });

    const port = await server.port();

    const expected = `Gatehouse listens on http://127.0.0.1:${port}, scheme: session_auth, storage: ${folder}`;
    expect(server.lines.map(({ msg }) => msg)).to.deep.equal([expected]);
    expect((await fetch(`http://127.0.0.1:${port}/api/v1/status`)).status).to.equal(200);
  });

  it('warns of an open API, however quiet the log is to be', async () => {
    const server = ServerProcess.node({ STORAGE_DIR: await tempFolder(), LOG_LEVEL: 'silent' });

    await server.port();

    const [warning, start] = server.lines;
    expect(warning).to.have.property('level', 40);
    expect(warning?.msg).to.match(/^AUTH_TYPE is not set: the API is open/);
    expect(start?.msg).to.include('scheme: no scheme (open)');
  });

  it('ends with one message about everything that is wrong with the configuration', async () => {
    const folder = join(await tempFolder(), 'data');
    const bad = { AUTH_TYPE: 'session', API_PORT: 'http', COOKIE_SECURE: 'yes', STORAGE_DIR: folder };

    const server = ServerProcess.node(bad);

    expect(await server.exited).to.equal(1);
    expect(server.stdout).to.equal('');
    expect(server.stderr.split('\n')).to.have.length(5);
    expect(server.stderr).to.match(/^The configuration cannot be used:\n(?: {2}- .*\n){3}$/);
    for (const name of ['AUTH_TYPE', 'API_PORT', 'COOKIE_SECURE']) expect(server.stderr).to.include(name);
    expect(await bytesOf(join(folder, '..'))).to.deep.equal({});
  });

  it('ends when the port is taken, names the variable, and leaves the storage free', async () => {
    const folder = await tempFolder();
    const { port } = await listen(() => {});

    const server = ServerProcess.node({ API_PORT: String(port), STORAGE_DIR: folder });

    expect(await server.exited).to.equal(1);
    expect(server.stderr).to.match(
      new RegExp(`^API_HOST, API_PORT: cannot listen on 127.0.0.1:${port}: .*\\n$`),
    );
    expect(await readdir(folder)).to.have.members([
      'ThrottleEntry.jsonl',
      'User.jsonl',
      'UserSession.jsonl',
      'audit',
      'keys.json',
    ]);
  });

  it('ends when another server has the storage, and names its pid', async () => {
    const folder = await tempFolder();
    const first = ServerProcess.node({ AUTH_TYPE: 'session_auth', STORAGE_DIR: folder });
    const port = await first.port();

    const second = ServerProcess.node({ AUTH_TYPE: 'session_auth', STORAGE_DIR: folder });

    expect(await second.exited).to.equal(1);
    expect(second.stderr).to.match(/^STORAGE_DIR: .*\n$/);
    expect(second.stderr).to.include(folder).and.to.include(`process ${first.child.pid};`);
    expect((await fetch(`http://127.0.0.1:${port}/api/v1/status`)).status).to.equal(200);
  });

  it('ends when a file is not what it wrote, names file and line, and changes nothing', async () => {
    const folder = await tempFolder();
    useFastHasher();
    const storage = await storageIn(folder);
    await makeUser();
    await storage.close();
    const { 'User.jsonl': text = '' } = await bytesOf(folder);
    await writeFile(join(folder, 'User.jsonl'), `${text}broken\n${text.split('\n')[1]}\n`);
    const before = await bytesOf(folder);

    const server = ServerProcess.node({ STORAGE_DIR: folder });

    expect(await server.exited).to.equal(1);
    expect(server.stderr).to.match(/^STORAGE_DIR: .*User\.jsonl.*3/);
    expect(server.stderr).not.to.match(/\n\s+at /);
    expect(await bytesOf(folder)).to.deep.equal(before);
  });
});

describe('the keys of a server', () => {
  it('are made at the first start, for its user alone, and kept', async () => {
    const folder = await tempFolder();
    const env = { AUTH_TYPE: 'session_auth', STORAGE_DIR: folder };
    const first = ServerProcess.node(env);
    await first.port();
    const { 'keys.json': keys } = await bytesOf(folder);
    const { mode } = await stat(join(folder, 'keys.json'));
    first.kill('SIGTERM');
    await first.exited;

    const second = ServerProcess.node(env);
    await second.port();

    expect(mode & 0o777).to.equal(0o600);
    expect((await bytesOf(folder))['keys.json']).to.equal(keys);
    expect(first.stdout + second.stdout).not.to.include(JSON.parse(keys ?? '').keys[0].secret);
  });

  it('end the start when their file is broken, named by the variable, with the storage left free', async () => {
    const folder = await tempFolder();
    const file = join(folder, 'other.json');
    await writeFile(file, '{"format":"gatehouse-keys"');

    const server = ServerProcess.node({ STORAGE_DIR: folder, KEYS_FILE: file });

    expect(await server.exited).to.equal(1);
    expect(server.stderr).to.match(/^KEYS_FILE: .*other\.json cannot be used: .*Nothing was changed.*\n$/);
    expect((await bytesOf(folder))['other.json']).to.equal('{"format":"gatehouse-keys"');
    await storageIn(folder);
  });

  it('come from APP_KEYS where it is set, and then there is no file', async () => {
    const folder = await tempFolder();

    const server = ServerProcess.node({ STORAGE_DIR: folder, APP_KEYS: 'k'.repeat(32) });

    await server.port();
    expect(await bytesOf(folder)).not.to.have.property('keys.json');
  });
});

describe('a restart', () => {
  for (const [authType, after] of [
    ['session_db_auth', 200],
    ['session_auth', 403],
  ] as const) {
    it(`${after === 200 ? 'logs nobody out' : 'ends the sessions'} under ${authType}`, async () => {
      const folder = await tempFolder();
      useFastHasher();
      const storage = await storageIn(folder);
      const user = await makeUser();
      await storage.close();
      const env = { ...FAST, AUTH_TYPE: authType, STORAGE_DIR: folder };
      const first = ServerProcess.node(env);
      const port = await first.port();
      const cookie = cookieOf(await logIn(port, user));
      const before = await getMe(port, cookie);
      first.kill('SIGTERM');
      await first.exited;

      const second = await getMe(await ServerProcess.node(env).port(), cookie);

      expect([before, second]).to.deep.equal([200, after]);
      const stored = Object.values(await bytesOf(folder)).join('');
      expect(stored).to.include(user.id).and.not.to.include(cookie.split('=')[1]);
    });
  }
});

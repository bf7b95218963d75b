import { expect } from 'chai';
import { bundledServer } from '../support/bundle.js';
import { Child } from '../support/child.js';
import { useTempFolder } from '../support/temp_folder.js';

const KILLS = 3;
const CLIENTS = 8;

/** What the server has answered, and so what must hold after a kill. */
interface Answered {
  readonly users: Set<string>;
  readonly loggedIn: Set<string>;
  readonly loggedOut: Set<string>;
}

describe('a server under kill -9', function () {
  this.timeout(20_000);
  const folder = useTempFolder();

  async function start(authType: string): Promise<{ server: Child; url: string }> {
    // A cheap hash: the clients should be busy with the store and not with scrypt.
    const settings = { API_HOST: '127.0.0.1', API_PORT: '0', STORAGE_DIR: folder(), SCRYPT_COST: '2,8,1' };
    const variables = Object.entries({ ...settings, AUTH_TYPE: authType }).map(
      ([name, value]) => `${name}=${value}`,
    );
    const server = new Child('env', [...variables, process.execPath, bundledServer()]);
    await server.says(/listens on/);
    return { server, url: `${/http:\/\/[\d.:]+/.exec(server.output)?.[0]}/api/v1` };
  }

  function post(url: string, body: Record<string, string>): Promise<Response> {
    const headers = { 'Content-Type': 'application/json' };
    return fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  async function me(url: string, cookie: string): Promise<number> {
    return (await fetch(`${url}/users/me`, { headers: { cookie } })).status;
  }

  /** Logs in, makes a user, logs every other session out, and notes each answer, until the server is gone. */
  async function client(url: string, name: string, answered: Answered): Promise<void> {
    for (let i = 0; ; i += 1) {
      const login = await post(`${url}/auth_session/login`, { email: 'ann@example.com', password: 'secret' });
      const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? '';
      answered.loggedIn.add(cookie);
      const email = `${name}-${i}@example.com`;
      const headers = { 'Content-Type': 'application/json', cookie };
      const body = JSON.stringify({ email, password: 'secret' });
      if ((await fetch(`${url}/users`, { method: 'POST', headers, body })).status === 201)
        answered.users.add(email);
      if (i % 2 === 1) continue;
      // Between request and answer nobody may say whether it holds.
      answered.loggedIn.delete(cookie);
      const logout = await fetch(`${url}/auth_session/logout`, { method: 'DELETE', headers: { cookie } });
      if (logout.status === 200) answered.loggedOut.add(cookie);
    }
  }

  it(`V2.3.3 has every user, every login and no ended session after each of ${KILLS} kills`, async () => {
    const answered: Answered = { users: new Set(), loggedIn: new Set(), loggedOut: new Set() };
    const open = await start('');
    await post(`${open.url}/users`, { email: 'ann@example.com', password: 'secret' });
    await open.server.kill();

    for (let kill = 1; kill <= KILLS; kill += 1) {
      const { server, url } = await start('session_db_auth');
      const clients = Array.from({ length: CLIENTS }, (_, i) => client(url, `${kill}-${i}`, answered));
      const cutOff = Promise.allSettled(clients);
      const before = answered.users.size;
      while (answered.users.size < before + 20) await new Promise((done) => setImmediate(done));
      await server.kill();
      await cutOff;

      const again = await start('session_db_auth');
      for (const cookie of answered.loggedIn) expect(await me(again.url, cookie), 'a login').to.equal(200);
      for (const cookie of answered.loggedOut) expect(await me(again.url, cookie), 'a logout').to.equal(403);
      const [cookie = ''] = answered.loggedIn;
      const users = (await (await fetch(`${again.url}/users`, { headers: { cookie } })).json()) as {
        email: string;
      }[];
      expect(users.map(({ email }) => email)).to.include.members([...answered.users]);
      await again.server.kill();
    }
  });
});

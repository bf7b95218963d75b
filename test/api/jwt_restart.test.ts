import { expect } from 'chai';
import { useFastHasher, makeUser, PASSWORD } from '../support/app.js';
import { ServerProcess } from '../support/server_process.js';
import { storageIn } from '../support/temp_storage.js';
import { useTempFolder } from '../support/temp_folder.js';

describe('jwt_auth across a restart', () => {
  const folder = useTempFolder();

  /** A server on the folder, and what it answers to a token. */
  async function start() {
    const env = { AUTH_TYPE: 'jwt_auth', STORAGE_DIR: folder(), SCRYPT_COST: '4,8,1', LOG_LEVEL: 'warn' };
    const server = ServerProcess.node(env);
    const base = `http://127.0.0.1:${await server.port()}`;
    return {
      base,
      stop: async () => {
        server.kill('SIGTERM');
        await server.exited;
      },
      status: async (token: string) =>
        (await fetch(`${base}/auth/status`, { headers: { Authorization: `Bearer ${token}` } })).status,
      login: async (email: string | null) => {
        const body = JSON.stringify({ email, password: PASSWORD });
        const headers = { 'Content-Type': 'application/json' };
        const response = await fetch(`${base}/auth/login`, { method: 'POST', headers, body });
        return /^access_token_cookie=([^;]+)/.exec(response.headers.getSetCookie()[0] ?? '')?.[1] ?? '';
      },
    };
  }

  it('V7.4.1 keeps tokens good that were, and those refused that were logged out', async () => {
    useFastHasher();
    const storage = await storageIn(folder());
    const { email } = await makeUser();
    await storage.close();
    const first = await start();
    const [kept, ended] = [await first.login(email), await first.login(email)];
    const logout = { method: 'POST', headers: { Authorization: `Bearer ${ended}` } };
    await fetch(`${first.base}/auth/logout`, logout);
    await first.stop();

    const second = await start();

    expect([await second.status(kept), await second.status(ended)]).to.deep.equal([200, 401]);
  });
});

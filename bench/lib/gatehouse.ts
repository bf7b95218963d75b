import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from './client.js';
import { CHEAP_SCRYPT, EMAIL, PASSWORD } from './seed.js';
import { startServer, type Server } from './server.js';

export const ROOT = resolve(import.meta.dirname, '../../..');
/** Started as `npm start` does it. */
export const SERVER_ARGS = ['--enable-source-maps', 'dist/bundle/server.js'];
export const WHO_AM_I = '/api/v1/users/me';
/** Compiled, and looked up beside this file. */
const WATCH = fileURLToPath(new URL('stall_watch.js', import.meta.url));

export interface GatehouseOptions {
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly output?: number;
  /** True: the server can be told to sweep, and asked what stopped it; see watched.ts. */
  readonly isWatched?: boolean;
}

/** Our server on a storage folder, with a cheap scrypt and no request log unless the environment says otherwise. */
export async function startGatehouse(name: string, options: GatehouseOptions): Promise<Server> {
  const { folder, env, output, isWatched = false } = options;
  return startServer(name, [...(isWatched ? ['--import', WATCH] : []), ...SERVER_ARGS], {
    cwd: ROOT,
    env: {
      AUTH_TYPE: 'session_db_auth',
      STORAGE_DIR: folder,
      SCRYPT_COST: CHEAP_SCRYPT,
      LOG_LEVEL: 'warn',
      ...env,
    },
    hasChannel: isWatched,
    ...(output === undefined ? {} : { output }),
  });
}

/** Logs in with {@link PASSWORD}; resolves to the session's cookie as a browser sends it back. */
export async function logIn(port: number, email = EMAIL): Promise<string> {
  const client = new Client(port);
  try {
    const { status, cookies } = await client.send('POST', '/auth/login', {
      body: { email, password: PASSWORD },
    });
    const [cookie] = cookies;
    if (status !== 200 || cookie === undefined) throw new Error(`the login was answered with ${status}`);
    return cookie;
  } finally {
    client.close();
  }
}

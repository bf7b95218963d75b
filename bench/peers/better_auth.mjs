// better-auth on better-sqlite3, as its documentation sets it up; one user, one session.
import { createServer } from 'node:http';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';
import Database from 'better-sqlite3';
import { PATH, port, up, USER } from './user.mjs';

const options = {
  database: new Database(process.env.DATABASE),
  baseURL: `http://127.0.0.1:${port}`,
  secret: 'a key of thirty-two characters!!',
  emailAndPassword: { enabled: true },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
};
const { runMigrations } = await getMigrations(options);
await runMigrations();
const auth = betterAuth(options);
const handle = toNodeHandler(auth);

async function login(response) {
  const body = { email: USER.email, password: 'a sentence nobody guesses', name: 'Ann' };
  const { headers } = await auth.api.signUpEmail({ body, returnHeaders: true });
  response.setHeader('Set-Cookie', headers.getSetCookie());
  response.end('{}');
}

createServer((request, response) => {
  if (request.method === 'POST') void login(response);
  else {
    request.url = request.url.replace(PATH, '/api/auth/get-session');
    void handle(request, response);
  }
}).listen(port, '127.0.0.1', up);

import { expect } from 'chai';
import type { User } from '../../models/user.js';
import { makeUser, PASSWORD, useFastHasher } from '../support/app.js';
import { echoApp, type Seen } from '../support/echo_app.js';
import { GuardedApp, PAGE, PRODUCTION } from '../support/guarded_app.js';
import { ask, cookiesOf, type Answer } from '../support/https_client.js';
import { needNginx } from '../support/nginx_process.js';
import { ServerProcess } from '../support/server_process.js';
import { storageIn } from '../support/temp_storage.js';
import { useTempFolder } from '../support/temp_folder.js';

describe('docs/nginx/auth_request.conf', () => {
  const folder = useTempFolder();
  let app: GuardedApp;
  beforeEach(needNginx);

  /** One user of what is started. */
  async function start(): Promise<User> {
    app = await GuardedApp.startInProcess(folder());
    return makeUser();
  }

  it('V7.4.1, V8.3.1 lets people through to the app until they log out, and nobody once Gatehouse is dead', async () => {
    useFastHasher();
    const storage = await storageIn(`${folder()}/storage`);
    const ann = await makeUser();
    const bob = await makeUser();
    await storage.close();
    const env = { AUTH_TYPE: 'session_db_auth', STORAGE_DIR: `${folder()}/storage` };
    const server = ServerProcess.node({ ...PRODUCTION, ...env });
    app = await GuardedApp.start(folder(), await server.port());
    const [annsCookie, bobsCookie] = [await app.logIn(ann), await app.logIn(bob)];
    const visit = (Cookie: string): Promise<Answer> => app.ask({ path: '/notes', headers: { Cookie } });

    const before = await visit(annsCookie);
    const logout = await app.ask({ path: '/auth/logout', method: 'POST', headers: { Cookie: annsCookie } });
    const after = await visit(annsCookie);
    const others = await visit(bobsCookie);
    server.kill('SIGKILL');
    await server.exited;
    const dead = [await visit(bobsCookie), await visit(''), await app.ask({ path: '/notes', headers: PAGE })];

    expect([before.status, logout.status, after.status, others.status]).to.deep.equal([200, 200, 401, 200]);
    expect(after.body).to.equal('{"error":"Unauthorized"}\n');
    expect(dead.map(({ status }) => status)).to.deep.equal([500, 500, 500]);
    expect(app.seen.map(({ headers }) => headers['remote-user'])).to.deep.equal([ann.id, bob.id]);
  });

  it('V8.3.1 is not got round by any way to write a path, a method or a host', async () => {
    await start();
    const paths = [
      '//',
      '//notes',
      '/./notes',
      '/auth/../notes',
      '/auth/..%2fnotes',
      '/auth/%2e%2e/notes',
      '/auth%2f..%2fnotes',
      '/auth/..;/notes',
      '/auth/..\\notes',
      '/auth/status/../../notes',
      '/login/../notes',
      '/login%3f/notes',
      '/login/%2e%2e/%2e%2e/notes',
      '/login;/notes',
      '/LOGIN/notes',
      '/AUTH/notes',
      '/%61uth/../notes',
      '/notes/auth/status',
      '/notes?/auth/status',
      '/notes#/auth/status',
      '/_gatehouse_check',
      '/_gatehouse_check/../notes',
      '/%5fgatehouse_check',
      '/@login',
      '/notes%00/auth/status',
      'https://localhost/notes',
      'http://localhost/notes',
    ];
    const headers = {
      'Remote-User': 'root',
      'X-Original-URI': '/login',
      'X-HTTP-Method-Override': 'OPTIONS',
    };

    const questions = [
      ...paths.map((path) => ({ path, headers })),
      ...['HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'].map((method) => ({
        path: '/notes',
        method,
      })),
      ...['127.0.0.1', 'protected_app', 'localhost.', ''].map((Host) => ({
        path: '/notes',
        headers: { ...headers, Host },
      })),
    ];
    for (const question of questions) {
      const { status } = await app.ask(question);

      expect(status, JSON.stringify(question)).to.be.oneOf([400, 401, 404, 405, 421]);
    }
    expect(app.seen).to.deep.equal([]);
  });

  it('leads a browser to the login page, and back to the app after it', async () => {
    const user = await start();
    const refused = await app.ask({ path: '/notes?page=2', headers: PAGE });
    const loginPath = refused.headers.location ?? '';
    const page = await app.ask({ path: loginPath, headers: PAGE });
    const [, stylesheet = ''] = /href="(\/style\.css[^"]*)"/.exec(page.body) ?? [];
    const [, token = ''] = /name="_csrf" value="([^"]+)"/.exec(page.body) ?? [];

    const headers = {
      ...PAGE,
      Cookie: cookiesOf(page).join('; '),
      'Content-Type': 'application/x-www-form-urlencoded',
    };
    const fields = { email: user.email ?? '', password: PASSWORD, _csrf: token };
    const body = new URLSearchParams(fields).toString();
    const login = await app.ask({ path: '/login', method: 'POST', headers, body });
    const back = await app.ask({
      path: login.headers.location ?? '',
      headers: { ...PAGE, Cookie: cookiesOf(login).join('; ') },
    });

    expect([refused.status, loginPath]).to.deep.equal([303, '/login?next=/notes?page=2']);
    expect((await app.ask({ path: stylesheet })).headers['content-type']).to.match(/^text\/css/);
    expect([login.status, login.headers.location]).to.deep.equal([303, '/notes?page=2']);
    expect(back.status).to.equal(200);
    expect(app.seen.map(({ headers: seen }) => seen['remote-user'])).to.deep.equal([user.id]);
  });

  it('passes nothing of a request on to the check but its cookies', async () => {
    const gatehouse = await echoApp();
    app = await GuardedApp.start(folder(), gatehouse.port);

    await app.ask({
      path: '/notes',
      method: 'POST',
      headers: { ...PAGE, Cookie: 'a=1', Range: 'bytes=0-1' },
      body: 'x',
    });

    const [{ method, url, headers }] = gatehouse.seen as [Seen];
    expect([method, url]).to.deep.equal(['GET', '/auth/status']);
    expect(headers).to.deep.equal({
      host: `localhost:${app.nginx.httpsPort}`,
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'https',
      cookie: 'a=1',
    });
  });

  it('sends what is for Gatehouse to Gatehouse, whose check hands out no cookies', async () => {
    const user = await start();
    const Cookie = await app.logIn(user);

    const status = await app.ask({ path: '/auth/status', headers: { Cookie } });
    const check = await app.ask({ path: '/_gatehouse_check', headers: { Cookie } });
    const stranger = await app.ask({ path: '/notes', headers: { Cookie, Host: 'evil.example' } });
    const tooLarge = await app.ask({ path: '/auth/login', method: 'POST', body: 'x'.repeat(102_401) });
    const plain = await ask({ port: app.nginx.httpPort, path: '/notes' });
    const secret = await ask({ port: app.nginx.httpPort, path: '/auth/login', method: 'POST' });

    expect(JSON.parse(status.body)).to.have.property('authenticated', true);
    expect(status.headers).to.not.have.property('set-cookie');
    expect([check.status, stranger.status, tooLarge.status, secret.status]).to.deep.equal([
      404, 421, 413, 403,
    ]);
    expect([plain.status, plain.headers.location]).to.deep.equal([308, 'https://localhost/notes']);
    expect(app.seen).to.deep.equal([]);
  });
});

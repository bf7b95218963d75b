import { expect } from 'chai';
import { UserSession } from '../../models/user_session.js';
import { basic, buildApp, cookie, credentials, login, makeUser, PASSWORD, SETTINGS } from '../support/app.js';
import { listen } from '../support/listening.js';
import { RawClient } from '../support/raw_client.js';
import { until } from '../support/until.js';

interface Line {
  readonly level: number;
  readonly requestId: string;
  readonly method: string;
  readonly route: string | null;
  readonly status: number;
  readonly ms: number;
  readonly user: string | null;
}

function parse(lines: readonly string[]): Line[] {
  return lines.map((line) => JSON.parse(line) as Line);
}

describe('the log', () => {
  const examples = [
    ['GET', '/api/v1/status', '/api/v1/status', 200],
    ['GET', '/api/v1/users/', '/api/v1/users', 200],
    ['HEAD', '/api/v1/users', '/api/v1/users', 200],
    ['GET', '/api/v1/users/secret-id?secret=query', '/api/v1/users/:id', 404],
    ['POST', '/api/v1/users', '/api/v1/users', 400],
    ['GET', '/api/v1/forbidden', '/api/v1/forbidden', 403],
    ['GET', '/secret-path', null, 404],
    ['PATCH', '/api/v1/users', null, 405],
    ['OPTIONS', '/api/v1/users', null, 200],
  ] as const;
  for (const [method, path, route, status] of examples) {
    it(`has one line for ${method} ${path}`, async () => {
      const app = buildApp({ authType: null });

      const response = await app.request()[method.toLowerCase() as 'get'](path);

      const [line, ...more] = parse(app.lines);
      expect(more).to.deep.equal([]);
      expect(line).to.include({ level: 30, method, route, status, user: null });
      expect(line?.requestId).to.equal(response.headers['x-request-id']);
      expect(line?.ms).to.be.a('number').and.to.be.within(0, 5000);
      expect(app.lines[0]).not.to.include('secret');
    });
  }

  for (const authType of SETTINGS) {
    it(`names the user by id, under ${authType ?? 'no scheme'}`, async () => {
      const app = buildApp({ authType });
      const user = await makeUser();
      const headers = await credentials(app, user);

      await app.request().get('/api/v1/users').set(headers);

      const line = parse(app.lines).at(-1);
      const isKnown = authType !== null && authType !== 'auth';
      expect(line?.user).to.equal(isKnown ? user.id : null);
      expect(app.lines.join('')).not.to.include(user.email);
    });
  }

  it('gives every request another id, whatever the client says', async () => {
    const app = buildApp({ authType: null });

    const ids = [];
    for (let requests = 0; requests < 3; requests += 1) {
      const { headers } = await app.request().get('/api/v1/status').set('X-Request-Id', 'mine');
      ids.push(headers['x-request-id']);
    }

    expect(new Set(ids).size).to.equal(3);
    expect(ids).not.to.include('mine');
    expect(parse(app.lines).map(({ requestId }) => requestId)).to.deep.equal(ids);
  });

  it('holds nothing secret of logins, good or bad', async () => {
    const app = buildApp({ authType: 'session_auth' });
    const user = await makeUser({ password: PASSWORD });
    const id = await login(app, user);
    const [session] = await UserSession.all();

    await app.request().get('/api/v1/users?token=query-secret').set(cookie(app, id));
    await app.request().get('/api/v1/users').set(cookie(app, 'wrong-cookie'));
    const form = { email: 'mail-secret', password: 'password-secret' };
    await app.request().post('/api/v1/auth_session/login').type('form').send(form);
    await app
      .request()
      .put(`/api/v1/users/${user.id}`)
      .set(cookie(app, id))
      .send({ first_name: 'body-secret' });
    await app.request().post('/api/v1/users').set(cookie(app, id)).type('json').send('{"body-secret');
    await app.request().delete('/api/v1/auth_session/logout').set(cookie(app, id));

    const text = app.lines.join('');
    expect(app.lines).to.have.length(7);
    expect(text).not.to.match(/secret|wrong-cookie/);
    expect(text).not.to.include(PASSWORD).and.not.to.include(id).and.not.to.include(session?.session_id);
  });

  it('holds nothing of the Authorization header', async () => {
    const app = buildApp({ authType: 'basic_auth' });
    const headers = basic(await makeUser());

    await app.request().get('/api/v1/users').set(headers);
    await app.request().get('/api/v1/users').set('Authorization', 'Test-secret');

    const text = app.lines.join('');
    expect(app.lines).to.have.length(2);
    expect(text).not.to.include(headers['Authorization']?.slice(6)).and.not.to.include('secret');
  });

  it('is as quiet as LOG_LEVEL asks', async () => {
    const app = buildApp({ authType: null, env: { LOG_LEVEL: 'warn' } });

    await app.request().get('/api/v1/status');

    expect(app.lines).to.deep.equal([]);
  });

  it('does not take a client that goes away for an error', async () => {
    const app = buildApp({ authType: null });
    const { port } = await listen(app.listener);
    const head = 'POST /api/v1/users HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
    const client = new RawClient(port).send(`${head}Expect: 100-continue\r\nContent-Length: 50\r\n\r\n{"em`);
    await client.until(/100 Continue/);

    client.socket.destroy();
    await until(() => app.lines.length > 0);

    const [line, ...more] = parse(app.lines);
    expect(line).to.include({ level: 30, method: 'POST', status: 400 });
    expect(more).to.deep.equal([]);
  });
});

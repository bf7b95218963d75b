import { expect } from 'chai';
import { safeNext } from '../../api/services/next_path.js';
import type { User } from '../../models/user.js';
import { makeUser } from '../support/app.js';
import type { Seen } from '../support/echo_app.js';
import { GuardedApp, PAGE } from '../support/guarded_app.js';
import { needNginx } from '../support/nginx_process.js';
import { useTempFolder } from '../support/temp_folder.js';

describe('what docs/nginx/auth_request.conf passes on', () => {
  const folder = useTempFolder();
  let app: GuardedApp;
  beforeEach(needNginx);

  /** One user of what is started. */
  async function start(): Promise<User> {
    app = await GuardedApp.startInProcess(folder());
    return makeUser();
  }

  it('V4.1.3, V15.3.4 tells the app who asks, whatever the client claims to be', async () => {
    const user = await start();
    const Cookie = await app.logIn(user);
    const forged = {
      'Remote-User': 'root',
      'REMOTE-EMAIL': 'root@example.org',
      Remote_User: 'root',
      Connection: 'close, Remote-User',
      'X-Forwarded-For': '192.0.2.66',
      'X-Forwarded-Proto': 'http',
      'X-Forwarded-Host': 'evil.example',
    };

    const answer = await app.ask({ path: '/a%2Fb?c=d', headers: { ...forged, Cookie } });
    const nobody = await app.ask({ path: '/', headers: forged });

    const { url, headers } = JSON.parse(answer.body) as Seen;
    expect(url).to.equal('/a%2Fb?c=d');
    expect(headers).to.deep.equal({
      host: `localhost:${app.nginx.httpsPort}`,
      'remote-user': user.id,
      'remote-email': user.email,
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'https',
    });
    expect(nobody.status).to.equal(401);
    expect(app.seen).to.have.length(1);
  });

  it('keeps Gatehouse’s own cookies from the app, which gets its own', async () => {
    const user = await start();
    const session = await app.logIn(user);
    const cookies: [sent: string, passedOn: string | undefined][] = [
      [session, undefined],
      [`a=1; ${session}; b=2`, 'a=1; b=2'],
      [`${session}; a="x y"; b=2`, 'a="x y"; b=2'],
      [`a=1; __Host-device=x; __Host-visitor=y.z; ${session}`, 'a=1; '],
      [`${session}; __Host-access_token_cookie=a.b.c; b=2`, 'b=2'],
      [`not__Host-session=1; ${session}`, 'not__Host-session=1; '],
      [`a=1; ${session}; __Host-session=again`, undefined],
      [`a=1;${session.replace('=', ' =')} ;b=2`, 'a=1;b=2'],
    ];

    for (const [sent, passedOn] of cookies) {
      const answer = await app.ask({ path: '/', headers: { Cookie: sent } });

      expect(answer.status, sent).to.equal(200);
      expect(app.seen.at(-1)?.headers.cookie, sent).to.equal(passedOn?.trim());
    }
    expect(JSON.stringify(app.seen)).to.not.include(session.split('=')[1]);
  });

  it('V3.7.2 sends browsers to the login and back to where they wanted to go, and programs a 401', async () => {
    await start();
    const pages: [asked: string, next: string][] = [
      ['/', '/'],
      ['/notes', '/notes'],
      ['/notes?id=5', '/notes?id=5'],
      ['/caf%C3%A9/two%20words?q=%C3%A9', '/caf%C3%A9/two%20words?q=%C3%A9'],
      ['/notes?a=1&next=https://evil.example', '/notes'],
      ['/notes?a=1%26b', '/notes'],
      ['/a&next=//evil.example', '/'],
      ['/a%0d%0aSet-Cookie:x=y', '/'],
      ['/notes?%0d%0aX:y', '/notes'],
      ['/a%23b', '/'],
      ['//evil.example/', '/'],
      ['/\\evil.example', '/'],
      ['/%2f/evil.example', '/'],
      ['/<script>', '/'],
    ];

    for (const [path, next] of pages) {
      const page = await app.ask({ path, headers: PAGE });

      const { location = '' } = page.headers;
      expect([page.status, location], path).to.deep.equal([303, `/login?next=${next}`]);
      expect(safeNext(new URL(location, 'https://localhost').searchParams.get('next')), path).to.equal(next);
      expect(page.headers['cache-control']).to.equal('no-store');
    }
    for (const question of [
      { path: '/' },
      { path: '/', headers: { Accept: '*/*' } },
      { path: '/', headers: { Accept: 'application/json' } },
      { path: '/', headers: PAGE, method: 'POST' },
    ]) {
      const answer = await app.ask(question);

      expect([answer.status, answer.headers['content-type']]).to.deep.equal([401, 'application/json']);
      expect(JSON.parse(answer.body)).to.deep.equal({ error: 'Unauthorized' });
    }
    expect(app.seen).to.deep.equal([]);
  });
});

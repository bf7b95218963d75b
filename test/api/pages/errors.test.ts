import { expect } from 'chai';
import type { Response } from 'supertest';
import { PasswordHasher } from '../../../models/password.js';
import { User } from '../../../models/user.js';
import { buildApp, cookie, makeUser, PASSWORD, SETTINGS } from '../../support/app.js';
import { Browser, BROWSER } from '../../support/browser.js';
import { formsOf, readable, titleOf } from '../../support/html.js';
import { PausedThreads } from '../../support/paused_threads.js';
import { until } from '../../support/until.js';

for (const authType of SETTINGS) {
  describe(`an error for people under ${authType ?? 'no scheme'}`, () => {
    it('is a page for browsers and JSON for everybody else', async () => {
      const app = buildApp({ authType: null });

      for (const [accept, type] of [
        [BROWSER.Accept, 'text/html'],
        ['text/html', 'text/html'],
        ['text/html, application/json;q=0.5', 'text/html'],
        ['*/*', 'application/json'],
        ['application/json', 'application/json'],
        ['application/json, text/html', 'application/json'],
        ['text/html;q=0.5, application/json', 'application/json'],
        ['image/png', 'application/json'],
        ['', 'application/json'],
      ] as const) {
        const response = await app.request().get('/nope').set('Accept', accept);

        expect([response.status, response.type], accept).to.deep.equal([404, type]);
      }
      const plain = await app.request().get('/nope');
      expect(plain.text).to.equal('{"error":"Not found"}');
    });

    it('is JSON from every address of programs, whatever they ask for', async () => {
      const app = buildApp({ authType });

      for (const [method, path] of [
        ['get', '/api/v1'],
        ['get', '/api/v1/nope'],
        ['get', '/api/v1/forbidden'],
        ['patch', '/api/v1/status'],
        ['post', '/api/v1/auth_session/login'],
        ['get', '/auth/status'],
        ['get', '/auth/login'],
        ['get', '/auth/sessions/'],
        ['post', '/auth/login'],
        ['post', '/protected'],
      ] as const) {
        const response = await app.request()[method](path).set(BROWSER);

        expect(response.status, path).to.be.at.least(400);
        expect(response.type, path).to.equal('application/json');
      }
    });

    it('is a page from every other address', async () => {
      const app = buildApp({ authType });

      for (const [method, path, status, title] of [
        ['get', '/nope', 404, 'There is no such page'],
        ['post', '/nope', 404, 'There is no such page'],
        ['get', '/auth/nope', 404, 'There is no such page'],
        ['get', '/auth', 404, 'There is no such page'],
        ['get', '/logout', 405, 'This does not work here'],
        ['put', '/profile', 405, 'This does not work here'],
        ['delete', '/', 405, 'This does not work here'],
        ['post', '/users', 405, 'This does not work here'],
      ] as const) {
        const response = await app.request()[method](path).set(BROWSER);

        expect([response.status, response.type], path).to.deep.equal([status, 'text/html']);
        expect(titleOf(response.text), path).to.equal(`${title} – Gatehouse`);
        expect(readable(response.text), path).to.include(`Error ${status} ${title}`);
        expect(formsOf(response.text), path).to.deep.equal([]);
        expect(response.get('Set-Cookie'), path).to.equal(undefined);
      }
    });
  });
}

describe('the page of an error', () => {
  it('says which methods an address has', async () => {
    const app = buildApp({ authType: 'session_auth' });

    for (const [path, allow] of [
      ['/logout', 'POST'],
      ['/profile', 'HEAD, GET, POST'],
      ['/activity', 'HEAD, GET'],
      ['/style.css', 'HEAD, GET'],
    ] as const)
      expect((await app.request().delete(path).set(BROWSER)).get('Allow'), path).to.equal(allow);
  });

  it('is 413 for a form too large', async () => {
    const browser = new Browser(buildApp({ authType: 'session_auth' }));

    const response = await browser.fill('/login', { email: 'x'.repeat(102_400), password: 'x' });

    expect([response.status, titleOf(response.text)]).to.deep.equal([413, 'This is too much – Gatehouse']);
  });

  it('is 400 for fields given twice and for broken Unicode', async () => {
    const browser = new Browser(buildApp({ authType: 'session_auth' }));
    const { _csrf: token } = browser.fieldsFor((await browser.open('/login')).text, '/login');
    const form = { ...BROWSER, 'Content-Type': 'application/x-www-form-urlencoded' };

    for (const body of ['email=a&email=b&password=x', 'email=%ff&password=x']) {
      const response = await browser.send('post', '/login', `_csrf=${token}&${body}`, form);
      expect([response.status, response.type], body).to.deep.equal([400, 'text/html']);
    }
  });

  it('is 403 for what another site sent, and says so', async () => {
    const browser = new Browser(buildApp({ authType: 'session_auth' }));
    const form = browser.fieldsFor((await browser.open('/login')).text, '/login');

    const response = await browser.submit('/login', form, { 'Sec-Fetch-Site': 'cross-site' });

    expect(response.status).to.equal(403);
    expect(readable(response.text)).to.include('Another website sent this.');
  });

  it('is 500 with the number that the log has, and nothing of what happened', async () => {
    const app = buildApp({ authType: 'session_auth' });
    const browser = new Browser(app);
    const user = await makeUser();
    await browser.logIn(user);
    const { save } = User.prototype;
    User.prototype.save = () => Promise.reject(new Error('secret detail'));
    try {
      const response = await browser.fill('/profile', { do: 'names', first_name: 'Ann' });

      expect([response.status, response.type]).to.deep.equal([500, 'text/html']);
      const id = response.get('X-Request-Id') ?? '';
      expect(readable(response.text)).to.include(`give this number: ${id}`);
      expect(readable(response.text)).to.include('My Profile Log out');
      expect(response.text).not.to.match(/secret|node_modules|\.js:\d/);
      expect(app.lines.filter((line) => line.includes('secret detail') && line.includes(id))).to.have.length(
        1,
      );
    } finally {
      User.prototype.save = save;
    }
  });

  it('is JSON when the page itself fails', async () => {
    const app = buildApp({ authType: 'session_auth' });
    const browser = new Browser(app);
    await browser.logIn(await makeUser());
    const { displayName } = User.prototype;
    User.prototype.displayName = () => {
      throw new Error('no page');
    };
    try {
      const response = await browser.open('/profile');

      expect([response.status, response.body]).to.deep.equal([500, { error: 'Internal server error' }]);
    } finally {
      User.prototype.displayName = displayName;
    }
  });

  it('is answered to a dead session as to nobody', async () => {
    const app = buildApp({ authType: 'session_auth' });

    const response = await app.request().get('/nope').set(BROWSER).set(cookie(app, 'dead'));

    expect(response.status).to.equal(404);
    expect(readable(response.text)).to.match(/Login Register/);
  });

  it('V16.3.2 is in the audit trail when a right was missing, by the route alone', async () => {
    const app = buildApp({ authType: 'session_auth' });
    const browser = new Browser(app);
    const user = await makeUser();
    await browser.logIn(user);

    const response = await browser.open('/users/secret-path?x=y');

    expect([response.status, titleOf(response.text)]).to.deep.equal([403, 'This is not for you – Gatehouse']);
    expect(app.events.at(-1)).to.include({ event: 'denied', user: user.id, detail: 'GET /users/:id 403' });
  });

  it('is 503 with a time when too many passwords are being checked', async () => {
    const app = buildApp({ authType: 'session_auth' });
    const browser = new Browser(app);
    const form = browser.fieldsFor((await browser.open('/login')).text, '/login');
    const threads = new PausedThreads();
    User.useHasher(new PasswordHasher({ cost: { logN: 4, r: 8, p: 1 }, parallel: 1, waiting: 2, threads }));

    const busy: Response[] = [];
    const tries = Array.from({ length: 5 }, async (_, index) => {
      const answer = await browser.submit('/login', {
        ...form,
        email: `${index}@example.org`,
        password: PASSWORD,
      });
      if (answer.status === 503) busy.push(answer);
    });
    await until(() => busy.length === 4);
    threads.finishOne();
    await Promise.all(tries);

    expect(busy).to.have.length(4);
    for (const { text, headers } of busy) {
      expect(titleOf(text)).to.equal('Very busy – Gatehouse');
      expect(Number(headers['retry-after'])).to.be.at.least(1);
    }
  });
});

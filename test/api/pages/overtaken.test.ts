import { expect } from 'chai';
import { changeAccount } from '../../../api/services/accounts.js';
import { User } from '../../../models/user.js';
import { UserSession } from '../../../models/user_session.js';
import { buildApp, makeUser, type TestApp } from '../../support/app.js';
import { Browser, type Fields } from '../../support/browser.js';
import { listen } from '../../support/listening.js';
import { RawClient } from '../../support/raw_client.js';

/** Sends a form but for its end; once the server waits for that, it can go on. Resolves to the status then. */
async function beginSlowly(
  app: TestApp,
  browser: Browser,
  target: string,
  fields: Fields,
): Promise<() => Promise<number>> {
  const { port } = await listen(app.listener);
  const text = new URLSearchParams(fields).toString();
  const head = [
    `POST ${target} HTTP/1.1`,
    'Host: x',
    `Cookie: ${browser.cookies}`,
    'Content-Type: application/x-www-form-urlencoded',
    `Content-Length: ${text.length}`,
    'Expect: 100-continue',
    'Connection: close',
  ];
  const client = new RawClient(port).send(`${head.join('\r\n')}\r\n\r\n${text.slice(0, 5)}`);
  await client.until(/100 Continue/);
  return async () => (await client.send(text.slice(5)).answers())[0]?.status ?? 0;
}

describe('a form that takes its time', () => {
  it('V8.3.2 is refused when the admin who sent it was demoted meanwhile', async () => {
    const app = buildApp({ authType: 'session_db_auth' });
    const [admin] = [await makeUser({ role: 'admin' }), await makeUser({ role: 'admin' })];
    const browser = new Browser(app);
    await browser.logIn(admin);
    const path = `/users/${admin.id}`;
    const form = browser.fieldsFor((await browser.open(path)).text, path);

    const goOn = await beginSlowly(app, browser, path, { ...form, do: 'make_admin' });
    await changeAccount(admin.id, { role: 'user' });
    const status = await goOn();

    expect([status, (await User.get(admin.id))?.role]).to.deep.equal([403, 'user']);
  });

  it('V7.4.1 changes nothing when its session was ended meanwhile', async () => {
    const app = buildApp({ authType: 'session_db_auth' });
    const user = await makeUser({ first_name: 'Ann' });
    const browser = new Browser(app);
    await browser.logIn(user);
    const form = browser.fieldsFor((await browser.open('/profile')).text, '/profile', 'names');

    const goOn = await beginSlowly(app, browser, '/profile', { ...form, do: 'names', first_name: 'Eve' });
    await UserSession.removeAllOf(user.id);
    const status = await goOn();

    expect([status, (await User.get(user.id))?.first_name]).to.deep.equal([303, 'Ann']);
  });
});

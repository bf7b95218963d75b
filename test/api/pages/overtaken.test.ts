import { expect } from 'chai';
import { changeAccount } from '../../../api/services/accounts.js';
import { User } from '../../../models/user.js';
import { UserSession } from '../../../models/user_session.js';
import { buildApp, makeUser } from '../../support/app.js';
import { Browser } from '../../support/browser.js';
import { beginSlowly } from '../../support/slow_request.js';

describe('a form that takes its time', () => {
  it('V8.3.2 is refused when the admin who sent it was demoted meanwhile', async () => {
    const app = buildApp({ authType: 'session_db_auth' });
    const [admin] = [await makeUser({ role: 'admin' }), await makeUser({ role: 'admin' })];
    const browser = new Browser(app);
    await browser.logIn(admin);
    const path = `/users/${admin.id}`;
    const form = browser.fieldsFor((await browser.open(path)).text, path);

    const goOn = await beginSlowly(app, {
      method: 'POST',
      target: path,
      cookies: browser.cookies,
      body: new URLSearchParams({ ...form, do: 'make_admin' }),
    });
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

    const goOn = await beginSlowly(app, {
      method: 'POST',
      target: '/profile',
      cookies: browser.cookies,
      body: new URLSearchParams({ ...form, do: 'names', first_name: 'Eve' }),
    });
    await UserSession.removeAllOf(user.id);
    const status = await goOn();

    expect([status, (await User.get(user.id))?.first_name]).to.deep.equal([303, 'Ann']);
  });
});

import { expect } from 'chai';
import { User } from '../../../models/user.js';
import { buildApp, makeUser, PASSWORD, type TestApp } from '../../support/app.js';
import { Browser } from '../../support/browser.js';
import { readable } from '../../support/html.js';
import { expectNoPassword, expectRefusal } from '../../support/refusal.js';

const GOOD = 'another staple battery';

describe('a refused change of the profile', () => {
  let app: TestApp;
  let browser: Browser;
  let user: User;
  beforeEach(async () => {
    app = buildApp({ authType: 'session_auth' });
    browser = new Browser(app);
    user = await makeUser({ first_name: 'Ann', email: 'annabel@example.org' });
    await browser.logIn(user);
  });

  for (const [what, typed, status, field, problem] of [
    [
      'no current password',
      { current_password: '' },
      400,
      'password-current_password',
      'Enter your current password',
    ],
    ['no new password', { new_password: '' }, 400, 'password-new_password', 'Enter a new password'],
    [
      'V6.2.3 a wrong current password',
      { current_password: 'wrong' },
      403,
      'password-current_password',
      'The password is wrong',
    ],
    [
      'V6.2.1 a short new password',
      { new_password: 'zebra 7' },
      400,
      'password-new_password',
      'The password must have at least 8 characters',
    ],
  ] as const) {
    it(`says ${what}, and changes nothing`, async () => {
      const before = user.passwordVersion;
      const sent = { do: 'password', current_password: PASSWORD, new_password: GOOD, ...typed };

      const response = await browser.fill('/profile', sent);

      expectRefusal(response, { status, field, problem });
      expectNoPassword(response.text, PASSWORD, GOOD);
      expect((await User.get(user.id))?.passwordVersion).to.equal(before);
      expect(
        browser.fieldsFor(response.text, '/profile', 'names'),
        'the other forms are as they were',
      ).to.include({
        first_name: 'Ann',
      });
    });
  }

  for (const [password, status, problem] of [
    ['', 400, 'Enter your password'],
    ['wrong', 403, 'The password is wrong'],
  ] as const) {
    it(`deletes no account with "${password}" as password`, async () => {
      const response = await browser.fill('/profile', { do: 'delete', password });

      expectRefusal(response, { status, field: 'delete-password', problem });
      expect(await User.get(user.id)).not.to.equal(null);
    });
  }

  it('keeps the last admin', async () => {
    user.role = 'admin';
    await user.save();

    const response = await browser.fill('/profile', { do: 'delete', password: PASSWORD });

    expect(response.status).to.equal(409);
    expect(readable(response.text)).to.include('There is a problem The last administrator must stay one');
    expect((await browser.open('/profile')).status, 'the session goes on').to.equal(200);
  });

  for (const what of ['', 'nothing', '__proto__', 'constructor']) {
    it(`is 400 for "${what}", which no form asks for`, async () => {
      const { text } = await browser.open('/profile');
      const token = browser.fieldsFor(text, '/profile', 'names')['_csrf'] ?? '';

      expect((await browser.submit('/profile', { _csrf: token, do: what })).status).to.equal(400);
    });
  }
});

import { expect } from 'chai';
import { checkPassword } from '../../../../api/services/credentials.js';
import { PasswordHasher } from '../../../../models/password.js';
import { User } from '../../../../models/user.js';
import { basic, buildApp, credentials, makeUser, PASSWORD, SESSION_SCHEMES } from '../../../support/app.js';

const LOGIN = '/api/v1/auth_session/login';

class CountingHasher extends PasswordHasher {
  hashes = 0;

  override async verify(password: string, stored: string | null, from?: string): Promise<boolean> {
    this.hashes += 1;
    return super.verify(password, stored, from);
  }

  override async hash(password: string, from?: string): Promise<string> {
    this.hashes += 1;
    return super.hash(password, from);
  }
}

async function setDisabled(user: User, disabled: boolean): Promise<void> {
  user.disabled = disabled;
  await user.save();
}

describe('a disabled account', () => {
  for (const authType of ['basic_auth', ...SESSION_SCHEMES] as const) {
    it(`V6.1.3, V7.4.2 is let in by no credentials from before under ${authType}, at once`, async () => {
      const app = buildApp({ authType });
      const user = await makeUser();
      const headers = await credentials(app, user);
      const status = async (): Promise<number> =>
        (await app.request().get('/api/v1/users/me').set(headers)).status;

      const before = await status();
      await setDisabled(user, true);
      const during = await status();
      const found = await app.auth?.currentUser({ headers: { ...headers } });
      await setDisabled(user, false);

      expect([before, during, found]).to.deep.equal([200, 403, null]);
      expect(await status()).to.equal(200);
    });
  }

  it('V6.1.3 is let in by no right password under basic_auth', async () => {
    const app = buildApp({ authType: 'basic_auth' });
    const user = await makeUser({ disabled: true });

    expect((await app.request().get('/api/v1/users/me').set(basic(user))).status).to.equal(403);
  });

  for (const loginErrors of ['course', 'uniform'] as const) {
    it(`V6.3.8 cannot be told from a wrong password at the login (${loginErrors})`, async () => {
      const app = buildApp({ authType: 'session_auth', env: { LOGIN_ERRORS: loginErrors } });
      const [enabled, disabled] = [await makeUser(), await makeUser({ disabled: true })];
      const login = (email: string | null, password: string) =>
        app.request().post(LOGIN).type('form').send({ email, password });

      const wrong = await login(enabled.email, 'wrong');
      const right = await login(disabled.email, PASSWORD);

      expect([right.status, right.text]).to.deep.equal([wrong.status, wrong.text]);
      expect(right.status).to.equal(401);
      expect(right.headers).to.have.all.keys(Object.keys(wrong.headers));
    });
  }

  it('V6.3.8 costs one hash, even where a right password would be hashed again', async () => {
    buildApp({ authType: 'session_auth' });
    const user = await makeUser({ disabled: true });
    const hasher = new CountingHasher({ cost: { logN: 5, r: 8, p: 1 }, parallel: 1, waiting: 64 });
    User.useHasher(hasher);

    const check = await checkPassword(user, PASSWORD);

    expect(check).to.equal(null);
    expect(hasher.hashes).to.equal(1);
  });
});

import { expect } from 'chai';
import { User } from '../../../models/user.js';
import { basic, buildApp, makeUser, PASSWORD, type TestApp } from '../../support/app.js';
import { countHashes } from '../../support/counting_hasher.js';

async function logIn(app: TestApp, email: string | null, password: string): Promise<number> {
  const request = app.request().post('/api/v1/auth_session/login');
  return (await request.type('form').send({ email, password })).status;
}

describe('a check of credentials', () => {
  it('costs one hash, whether right, wrong or for nobody', async () => {
    const app = buildApp({ authType: 'session_auth' });
    const { email } = await makeUser();
    const hasher = countHashes();

    const right = await logIn(app, email, PASSWORD);
    const wrong = await logIn(app, email, 'wrong');
    const nobody = await logIn(app, 'nobody@example.org', PASSWORD);

    expect([right, wrong, nobody]).to.deep.equal([200, 401, 404]);
    expect(hasher.hashes).to.equal(3);
  });

  it('PS upgrade: makes a stronger hash of a right password whose hash has become too weak, once', async () => {
    const app = buildApp({ authType: 'session_auth' });
    const user = await makeUser();
    const weak = user.toRecord()['_password'];
    const hasher = countHashes(5);

    const wrong = await logIn(app, user.email, 'wrong');
    const afterWrong = (await User.get(user.id))?.toRecord()['_password'];
    const right = [await logIn(app, user.email, PASSWORD), await logIn(app, user.email, PASSWORD)];
    const afterRight = (await User.get(user.id))?.toRecord()['_password'];

    expect([wrong, ...right]).to.deep.equal([401, 200, 200]);
    expect(afterWrong).to.equal(weak);
    expect(afterRight).not.to.equal(weak);
    expect(hasher.hashes).to.equal(4);
  });

  it('strengthens under basic_auth too, and goes on knowing the header', async () => {
    const app = buildApp({ authType: 'basic_auth' });
    const user = await makeUser();
    const hasher = countHashes(5);

    for (let requests = 0; requests < 3; requests += 1) {
      const { status } = await app.request().get('/api/v1/users/me').set(basic(user));
      expect(status).to.equal(200);
    }

    expect(hasher.hashes).to.equal(2);
  });

  it('takes a password as it was typed', async () => {
    const app = buildApp({ authType: 'session_auth' });
    const { email } = await makeUser({ password: 'Zoë’s password' });
    const others = [
      'Zoë’s passwor',
      'Zoë’s password ',
      ' Zoë’s password',
      'zoë’s password',
      'Zoe’s password',
    ];

    const refused = [];
    for (const password of others) {
      refused.push(await logIn(app, email, password));
      // Wrong tries are slowed down; not what this is about.
      app.clock.advance(60);
    }

    expect(refused).to.deep.equal(others.map(() => 401));
    expect(await logIn(app, email, 'Zoë’s password'.normalize('NFD'))).to.equal(200);
  });

  it('takes every byte of a long password into account, and none above 1,024', async () => {
    const app = buildApp({ authType: 'session_auth' });
    const { email } = await makeUser({ password: `${'x'.repeat(1023)}a` });

    expect(await logIn(app, email, `${'x'.repeat(1023)}a`)).to.equal(200);
    expect(await logIn(app, email, `${'x'.repeat(1023)}b`)).to.equal(401);
    expect(await logIn(app, email, `${'x'.repeat(1023)}ab`)).to.equal(401);
    expect(await logIn(app, email, 'x'.repeat(90_000))).to.equal(401);
  });

  it('does not hold up requests that need none', async () => {
    const app = buildApp({ authType: 'session_auth' });
    const { email } = await makeUser();
    countHashes(13);
    const order: string[] = [];

    const logins = Array.from({ length: 20 }, async () => {
      await logIn(app, email, 'wrong');
      order.push('login');
    });
    const status = app
      .request()
      .get('/api/v1/status')
      .then(() => order.push('status'));
    await Promise.all([...logins, status]);

    expect(order.indexOf('status')).to.be.below(10);
  });
});

import { expect } from 'chai';
import type { AuthRequest } from '../../../../api/v1/auth/auth.js';
import { BasicAuth } from '../../../../api/v1/auth/basic_auth.js';
import { User } from '../../../../models/user.js';
import { basic, buildApp, makeUser, PASSWORD, requestWith, type TestApp } from '../../../support/app.js';
import { countHashes, type CountingHasher } from '../../../support/counting_hasher.js';

function buildBasicApp(): { app: TestApp; hasher: CountingHasher } {
  return { app: buildApp({ authType: 'basic_auth' }), hasher: countHashes() };
}

async function statusOf(app: TestApp, headers: Readonly<Record<string, string>>): Promise<number> {
  return (await app.request().get('/api/v1/users/me').set(headers)).status;
}

function requestOf(email: string | null, password: number): AuthRequest {
  return requestWith({ authorization: basic(new User({ email }), String(password))['Authorization'] });
}

describe('the memory of basic_auth', () => {
  it('needs one hash for requests with the same right header', async () => {
    const { app, hasher } = buildBasicApp();
    const headers = basic(await makeUser());

    for (let requests = 0; requests < 5; requests += 1) await statusOf(app, headers);

    expect(hasher.checks).to.equal(1);
  });

  it('needs one hash for simultaneous requests', async () => {
    const { app, hasher } = buildBasicApp();
    const headers = basic(await makeUser());

    const statuses = await Promise.all(Array.from({ length: 10 }, () => statusOf(app, headers)));

    expect(statuses).to.deep.equal(Array(10).fill(200));
    expect(hasher.checks).to.equal(1);
  });

  it('shows the caller as it is now, not as it was', async () => {
    const { app } = buildBasicApp();
    const user = await makeUser({ first_name: 'Bob' });
    await statusOf(app, basic(user));
    user.first_name = 'Robert';
    await user.save();

    const { body } = await app.request().get('/api/v1/users/me').set(basic(user));

    expect(body.first_name).to.equal('Robert');
  });

  it('lasts a minute', async () => {
    const { app, hasher } = buildBasicApp();
    const headers = basic(await makeUser());
    await statusOf(app, headers);

    app.clock.advance(60);
    await statusOf(app, headers);
    const afterAMinute = hasher.checks;
    app.clock.advance(0.001);
    await statusOf(app, headers);

    expect([afterAMinute, hasher.checks]).to.deep.equal([1, 2]);
  });

  it('ends when the password changes', async () => {
    const { app } = buildBasicApp();
    const user = await makeUser();
    await statusOf(app, basic(user));
    await user.setPassword('another');
    await user.save();

    const old = await statusOf(app, basic(user));
    const current = await statusOf(app, basic(user, 'another'));

    expect([old, current]).to.deep.equal([403, 200]);
  });

  it('ends when the user is removed, and does not pass to a new one with the email', async () => {
    const { app } = buildBasicApp();
    const user = await makeUser();
    const headers = basic(user);
    await statusOf(app, headers);
    await user.remove();

    const removed = await statusOf(app, headers);
    await makeUser({ email: user.email, password: 'another' });
    const replaced = await statusOf(app, headers);

    expect([removed, replaced]).to.deep.equal([403, 403]);
  });

  it('never holds a wrong header', async () => {
    const { app, hasher } = buildBasicApp();
    const user = await makeUser();

    const statuses = [await statusOf(app, basic(user, 'wrong')), await statusOf(app, basic(user, 'wrong'))];
    const checks = hasher.checks;
    await user.setPassword('wrong');
    await user.save();

    expect(statuses).to.deep.equal([403, 403]);
    expect(checks).to.equal(2);
    expect(await statusOf(app, basic(user, 'wrong'))).to.equal(200);
  });

  it('spends a hash on an email nobody has, too', async () => {
    const { app, hasher } = buildBasicApp();
    const unknown = new User({ email: 'nobody@example.org' });

    const status = await statusOf(app, basic(unknown));

    expect(status).to.equal(403);
    expect(hasher.checks).to.equal(1);
  });

  it('is not shared by headers that only look alike', async () => {
    const { app, hasher } = buildBasicApp();
    const user = await makeUser();
    await statusOf(app, basic(user));

    const { Authorization: header = '' } = basic(user);
    const statuses = [
      await statusOf(app, { Authorization: header.replace('Basic', 'basic') }),
      await statusOf(app, { Authorization: header.replace('Basic ', 'Basic  ') }),
      await statusOf(app, { Authorization: `${header}=` }),
      await statusOf(app, basic(user, `${PASSWORD} `)),
    ];

    expect(statuses).to.deep.equal([403, 403, 403, 403]);
    expect(hasher.checks).to.equal(2);
  });

  it('holds ten thousand headers and forgets the oldest', async () => {
    const { app, hasher } = buildBasicApp();
    hasher.believes = () => true;
    const { email } = await makeUser();
    const ask = (password: number) => app.auth?.currentUser(requestOf(email, password));

    for (let password = 0; password <= 10_000; password += 1) await ask(password);
    await ask(10_000);
    const afterTheLast = hasher.checks;
    await ask(0);

    expect([afterTheLast, hasher.checks]).to.deep.equal([10_001, 10_002]);
  });

  it('is not filled by wrong headers', async () => {
    const { hasher } = buildBasicApp();
    hasher.believes = (password) => password === '0';
    const { email } = await makeUser();
    // Without the throttle, which would stop them.
    const auth = new BasicAuth({ cookieName: 'any' });
    await auth.currentUser(requestOf(email, 0));

    for (let password = 1; password <= 10_001; password += 1) {
      await auth.currentUser(requestOf(email, password));
    }
    const afterTheWrong = hasher.checks;
    await auth.currentUser(requestOf(email, 0));

    expect([afterTheWrong, hasher.checks]).to.deep.equal([10_002, 10_002]);
  });
});

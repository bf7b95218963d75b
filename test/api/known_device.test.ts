import { expect } from 'chai';
import { User } from '../../models/user.js';
import { Visitor } from '../support/account.js';
import { buildApp, makeUser, PASSWORD, type TestApp } from '../support/app.js';
import { countHashes } from '../support/counting_hasher.js';

const DAY = 86_400;

describe('a known device', () => {
  let app: TestApp;
  let user: User;
  beforeEach(async () => {
    app = buildApp({ authType: 'session_db_auth' });
    user = await makeUser();
  });

  /** A browser on which the user has logged in once. */
  async function knownDevice(): Promise<Visitor> {
    const visitor = new Visitor(app);
    await visitor.login(user);
    return visitor;
  }

  async function guess(times: number, email = user.email): Promise<number> {
    let last = 0;
    for (let tries = 0; tries < times; tries += 1) {
      const request = app.request().post('/auth/login').send({ email, password: 'wrong' });
      last = (await request).status;
    }
    return last;
  }

  /** Whether the device may try although its network must wait: without a cookie it may not. */
  async function isKnown(device: Visitor, password = PASSWORD): Promise<boolean> {
    expect(await guess(6)).to.equal(429);
    const { status } = await device.send('post', '/auth/login', { email: user.email, password });
    expect(status).to.be.oneOf([200, 429]);
    return status === 200;
  }

  it('V6.3.1 lets its owner in while strangers guess from the same network', async () => {
    const device = await knownDevice();
    await device.send('post', '/auth/logout');

    expect(device.cookie('device'), 'a logout leaves it').to.match(/^[\w-]{21}\.\w+\.[\w-]{43}$/);
    expect(await isKnown(device)).to.equal(true);
    expect(await isKnown(new Visitor(app))).to.equal(false);
  });

  it('is slowed down by its own wrong tries', async () => {
    const device = await knownDevice();

    const statuses = [];
    for (let tries = 0; tries < 6; tries += 1) {
      const body = { email: user.email, password: 'wrong' };
      statuses.push((await device.send('post', '/auth/login', body)).status);
    }

    expect(statuses).to.deep.equal([401, 401, 401, 401, 401, 429]);
  });

  it('has a cookie that lasts for 180 days and opens nothing', async () => {
    const login = await new Visitor(app).login(user);
    const header = login.get('Set-Cookie')?.find((text) => text.startsWith('device='));
    const device = new Visitor(app).take(/^device=([^;]+)/.exec(header ?? '')?.[1] ?? '', 'device');

    expect(header).to.match(/; Max-Age=15552000; Path=\/; HttpOnly; SameSite=Lax$/);
    expect((await device.send('get', '/auth/status')).status).to.equal(401);
    expect((await device.send('get', '/api/v1/users/me')).status).to.equal(401);
    app.clock.advance(180 * DAY);
    expect(await isKnown(device)).to.equal(true);
  });

  it('is forgotten after 180 days without a login', async () => {
    const device = await knownDevice();

    app.clock.advance(180 * DAY + 1);

    expect(await isKnown(device)).to.equal(false);
  });

  it('keeps its id, and so its wrong tries, when it logs in again', async () => {
    const device = await knownDevice();
    const id = device.cookie('device')?.split('.')[0];

    app.clock.advance(1);
    await device.login(user);

    expect(device.cookie('device')?.split('.')[0]).to.equal(id);
  });

  it('is known for one user only', async () => {
    const device = await knownDevice();
    const other = await makeUser();
    await guess(6, other.email);

    const { status } = await device.send('post', '/auth/login', { email: other.email, password: PASSWORD });

    expect(status).to.equal(429);
  });

  it('is void after a password change, but for the device that made it', async () => {
    const [changer, other] = [await knownDevice(), await knownDevice()];
    const next = 'quite another sentence';
    app.clock.advance(1);

    const passwords = { current_password: PASSWORD, new_password: next };
    expect((await changer.send('put', '/auth/password', passwords)).status).to.equal(200);

    expect(await isKnown(other, next)).to.equal(false);
    expect(await isKnown(changer, next)).to.equal(true);
  });

  it('is void after a reset', async () => {
    const device = await knownDevice();
    const next = 'quite another sentence';
    app.clock.advance(1);
    const token = await user.startReset();
    await device.send('post', '/auth/reset', { token, new_password: next });

    expect(await isKnown(device, next)).to.equal(false);
  });

  it('stays known when the stored hash is made stronger', async () => {
    const device = await knownDevice();
    countHashes(5);
    await new Visitor(app).login(user);

    expect((await User.get(user.id))?.toRecord()['_password']).not.to.equal(user.toRecord()['_password']);
    expect(await isKnown(device)).to.equal(true);
  });

  it('cannot be made up, stretched or passed on', async () => {
    const device = await knownDevice();
    const [id = '', end = '', mac = ''] = device.cookie('device')?.split('.') ?? [];
    const forged = [
      `${id}.${end}.${'A'.repeat(43)}`,
      `${id}.zzzzzzzz.${mac}`,
      `${'A'.repeat(21)}.${end}.${mac}`,
      `${id}.${end}.${mac}A`,
      `${id}.${end}.`,
      'x',
    ];

    for (const value of forged) expect(await isKnown(new Visitor(app).take(value, 'device'))).to.equal(false);
    expect(await isKnown(new Visitor(app).take(`${id}.${end}.${mac}`, 'device'))).to.equal(true);
  });

  it("is not made by the course's login", async () => {
    const visitor = new Visitor(app);

    await visitor.send('post', '/api/v1/auth_session/login', { email: user.email, password: PASSWORD });

    expect(visitor.cookie('device')).to.equal(undefined);
  });

  it('V3.3.3 has a name with __Host- in production, and Secure', async () => {
    const env = { NODE_ENV: 'production', ALLOW_HTTP: '1', COOKIE_SECURE: 'on', PASSWORD_MIN: '8' };
    const secure = buildApp({ authType: 'session_db_auth', env });
    const owner = await makeUser();

    const login = await new Visitor(secure).login(owner);

    const header = login.get('Set-Cookie')?.find((text) => text.includes('device='));
    expect(header).to.match(
      /^__Host-device=[\w.-]+; Max-Age=15552000; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
  });
});

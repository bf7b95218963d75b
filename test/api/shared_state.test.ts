import { expect } from 'chai';
import { changeAccount } from '../../api/services/accounts.js';
import { User } from '../../models/user.js';
import { UserSession } from '../../models/user_session.js';
import { Visitor } from '../support/account.js';
import { basic, login, makeUser, PASSWORD, statusOf } from '../support/app.js';
import { Browser, type Fields } from '../support/browser.js';
import { needStore } from '../support/processes.js';
import { serversOn, type TestServer } from '../support/servers.js';
import { SlowHasher } from '../support/slow_hasher.js';

const NEW = 'a new long password';
const CHANGE = { current_password: PASSWORD, new_password: NEW };
const times = (count: number, work: (made: number) => Promise<{ status: number }>) =>
  Promise.all(Array.from({ length: count }, (_, made) => work(made)));
const statusesOf = (answers: readonly { status: number }[]) =>
  answers.map(({ status }) => status).toSorted((a, b) => a - b);

for (const store of ['memory', 'PostgreSQL'] as const) {
  describe(`two servers on one store: ${store}`, function () {
    this.timeout(20_000);
    let [one, other]: TestServer[] = [];
    let user: User;
    beforeEach(needStore(store));
    /** For what does not depend on the store: memory is enough for it. */
    const alone = (title: string, test: () => Promise<void>) => void (store === 'memory' && it(title, test));

    async function start(authType: 'basic_auth' | 'jwt_auth' | 'session_db_auth'): Promise<void> {
      [one, other] = await serversOn(store, { authType });
      user = await one.run(() => makeUser());
    }

    const serverFor = (number: number): TestServer => (number % 2 === 0 ? one : other) as TestServer;

    for (const [what, change] of [
      ['is changed', async () => (await User.get(user.id))?.changePassword(NEW)],
      ['is of an account that is disabled', () => changeAccount(user.id, { disabled: true })],
      ['is of an account that is removed', () => user.remove()],
    ] as readonly [string, () => Promise<unknown>][]) {
      alone(`believe no password that they remember once it ${what} on the other`, async () => {
        await start('basic_auth');
        const me = async (server: TestServer) =>
          (await server.request().get('/api/v1/users/me').set(basic(user))).status;
        const before = [await me(one!), await me(other!)];

        await one!.run(change);

        expect(before).to.deep.equal([200, 200]);
        expect([await me(other!), await me(one!)]).to.deep.equal([403, 403]);
      });
    }

    alone('believe no token whose signature they remember once it was logged out on the other', async () => {
      await start('jwt_auth');
      const id = await login(one!, user);
      const before = [await statusOf(one!, id), await statusOf(other!, id)];

      await one!
        .request()
        .delete('/api/v1/auth_session/logout')
        .set({ Authorization: `Bearer ${id}` });

      expect(before).to.deep.equal([200, 200]);
      expect([await statusOf(other!, id), await statusOf(one!, id)]).to.deep.equal([403, 403]);
    });

    for (const [what, overtake] of [
      ['its password is changed', (owner) => owner.send('put', '/auth/password', CHANGE)],
      ['its password is reset', async (owner) => owner.send('post', '/auth/reset', await resetToken())],
      ['all sessions are ended', (owner) => owner.send('delete', '/auth/sessions')],
      ['the account is disabled', () => one!.run(() => changeAccount(user.id, { disabled: true }))],
      ['the account is removed', (owner) => owner.send('delete', '/auth/account')],
    ] as readonly [string, (owner: Visitor) => Promise<unknown>][]) {
      (what === 'its password is changed' ? it : alone)(
        `V7.4.3 let nobody in by a login on one that is still being written when on the other ${what}`,
        async () => {
          await start('session_db_auth');
          const owner = new Visitor(one!);
          await owner.login(user);
          one!.clock.advance(1);
          const thief = new Visitor(other!);

          const write = other!.process.hold('UserSession', 'put');
          const attempt = thief.login(user);
          await write.held;
          one!.clock.advance(1);
          await overtake(owner);
          const kept = await one!.run(() => UserSession.count());
          write.goOn();
          const { status } = await attempt;

          expect([status, thief.cookie(), thief.cookie('device')]).to.deep.equal([401, undefined, undefined]);
          expect(await one!.run(() => UserSession.count())).to.equal(kept);
        },
      );
    }

    async function resetToken(): Promise<object> {
      return { token: await one!.run(() => user.startReset()), new_password: NEW };
    }

    alone(
      'V7.4.3 let nobody in by a password that was being checked when it was changed on the other',
      async () => {
        await start('session_db_auth');
        const owner = new Visitor(one!);
        await owner.login(user);
        const hasher = new SlowHasher('verify');
        const thief = new Visitor(other!);

        const attempt = thief.login(user);
        await hasher.held;
        one!.clock.advance(1);
        await owner.send('put', '/auth/password', CHANGE);
        hasher.goOn();

        expect([(await attempt).status, thief.cookie()]).to.deep.equal([401, undefined]);
      },
    );

    it('register an email once, whoever is asked at once', async () => {
      await start('session_db_auth');
      const ann = { email: 'ann@example.org', password: 'a long enough password' };

      const answers = await times(6, (made) =>
        new Visitor(serverFor(made)).send('post', '/auth/register', {
          ...ann,
          email: made > 3 ? 'Ann@example.org' : ann.email,
        }),
      );

      expect(statusesOf(answers)).to.deep.equal([201, 409, 409, 409, 409, 409]);
    });

    it('take a reset token once, whoever is asked at once', async () => {
      await start('session_db_auth');
      const token = await resetToken();

      const answers = await times(6, (made) =>
        new Visitor(serverFor(made)).send('post', '/auth/reset', token),
      );

      expect(statusesOf(answers)).to.deep.equal([200, 410, 410, 410, 410, 410]);
    });

    it('change a password once, whoever is asked at once', async () => {
      await start('session_db_auth');
      const devices = [0, 1, 2, 3].map((made) => new Visitor(serverFor(made)));
      for (const device of devices) await device.login(user);
      one!.clock.advance(1);

      const answers = await Promise.all(
        devices.map((device, made) =>
          device.send('put', '/auth/password', { ...CHANGE, new_password: `${NEW} ${made}` }),
        ),
      );

      const [first = 0, ...others] = statusesOf(answers);
      expect(first).to.equal(200);
      expect(others.every((status) => status === 401 || status === 403)).to.equal(true);
    });

    alone('take forms that the other has made, and are not harmed by one that is sent to both', async () => {
      await start('session_db_auth');
      const browser = new Browser(one!);
      const { text } = await browser.open('/login');
      const fields: Fields = {
        ...browser.fieldsFor(text, '/login'),
        email: user.email ?? '',
        password: PASSWORD,
      };
      const twin = new Browser(other!).take(browser.cookie('visitor') ?? '', 'visitor');

      const answers = await Promise.all([browser.submit('/login', fields), twin.submit('/login', fields)]);
      const pages = [await twin.open('/profile'), await browser.open('/profile')];

      expect(statusesOf(answers)).to.deep.equal([303, 303]);
      expect(statusesOf(pages)).to.deep.equal([200, 200]);
      expect(await one!.run(() => UserSession.count()), 'a login for each answer').to.equal(2);
    });

    alone('know the devices that the other has made known', async () => {
      await start('session_db_auth');
      const owner = new Visitor(one!);
      await owner.login(user);
      const known = new Visitor(other!).take(owner.cookie('device') ?? '', 'device');
      for (let tries = 0; tries < 6; tries += 1)
        await new Visitor(one!).send('post', '/auth/login', { email: user.email, password: 'wrong' });

      const [stranger, device] = [await new Visitor(other!).login(user), await known.login(user)];

      expect([stranger.status, device.status]).to.deep.equal([429, 200]);
    });
  });
}

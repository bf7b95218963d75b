import { expect } from 'chai';
import { changeAccount } from '../../../api/services/accounts.js';
import { User } from '../../../models/user.js';
import { UserSession } from '../../../models/user_session.js';
import { Visitor } from '../../support/account.js';
import { buildApp, makeUser, PASSWORD, SESSION_SCHEMES, type TestApp } from '../../support/app.js';

const NEXT = 'another long password';

/** What ends all sessions of a user, or all but the laptop's. */
const ENDS: Readonly<Record<string, (laptop: Visitor, ann: User) => Promise<unknown>>> = {
  'a password change': (laptop) =>
    laptop.send('put', '/auth/password', { current_password: PASSWORD, new_password: NEXT }),
  'a password reset': async (laptop, ann) =>
    laptop.send('post', '/auth/reset', { token: await ann.startReset(), new_password: NEXT }),
  'an end to all others': (laptop) => laptop.send('delete', '/auth/sessions'),
  'an end by an admin': async (laptop, ann) => {
    const admin = await makeUser({ email: 'admin@example.org', role: 'admin' });
    await laptop.login(admin);
    return laptop.send('delete', `/auth/users/${ann.id}/sessions`);
  },
  'a disabling that was taken back': async (_laptop, { id }) => {
    await changeAccount(id, { disabled: true });
    await changeAccount(id, { disabled: false });
  },
  'a logout by the operator': async (_laptop, { id }) => (await User.get(id))?.endSessions(),
};

for (const authType of SESSION_SCHEMES) {
  describe(`a session store that forgets what was ended, under ${authType}`, () => {
    let app: TestApp;
    let ann: User;
    let laptop: Visitor;
    let phone: Visitor;
    beforeEach(async () => {
      app = buildApp({ authType });
      ann = await makeUser();
      [laptop, phone] = [new Visitor(app), new Visitor(app)];
      await phone.login(ann);
      app.clock.advance(10);
      await laptop.login(ann);
      app.clock.advance(10);
    });

    async function statusesOf(visitor: Visitor): Promise<number[]> {
      const paths = ['/auth/status', '/api/v1/users/me', '/auth/sessions'];
      return Promise.all(paths.map(async (path) => (await visitor.send('get', path)).status));
    }

    for (const [name, end] of Object.entries(ENDS)) {
      it(`V7.4.1, V7.4.3 does not bring back what ${name} ended`, async () => {
        const [session] = await UserSession.allOf(ann.id);
        const { id, ...attributes } = session!.toRecord();
        await end(laptop, ann);
        const left = await UserSession.get(id);

        await new UserSession({ id, ...attributes }).save();
        const statuses = await statusesOf(phone);

        expect(left).to.equal(null);
        expect(await UserSession.get(id)).not.to.equal(null);
        expect(statuses).to.deep.equal([401, 403, 401]);
      });
    }

    it('V7.4.3 leaves the one alone that changed the password or chose to stay', async () => {
      await laptop.send('delete', '/auth/sessions');
      const afterEnd = await statusesOf(laptop);
      app.clock.advance(10);
      await ENDS['a password change']!(laptop, ann);
      const afterChange = await statusesOf(laptop);

      expect([afterEnd, afterChange]).to.deep.equal([
        [200, 200, 200],
        [200, 200, 200],
      ]);
    });

    it('lets a login in at once on a server whose clock is behind that of the one which ended all others', async () => {
      await laptop.send('delete', '/auth/sessions');
      app.clock.advance(-5);

      await phone.login(ann);

      expect(await statusesOf(phone)).to.deep.equal([200, 200, 200]);
    });

    it('never lets time that was raised fall back', async () => {
      await laptop.send('delete', '/auth/sessions');
      const { sessionsValidFrom } = (await User.get(ann.id))!;
      app.clock.advance(-5);
      await (await User.get(ann.id))?.endSessions();

      expect((await User.get(ann.id))?.sessionsValidFrom).to.equal(sessionsValidFrom);
    });
  });
}

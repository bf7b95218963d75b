import { expect } from 'chai';
import type { User } from '../../../models/user.js';
import { Visitor } from '../../support/account.js';
import { buildApp, makeUser, SESSION_SCHEMES, type TestApp } from '../../support/app.js';

for (const authType of SESSION_SCHEMES) {
  describe(`my devices under ${authType}`, () => {
    let app: TestApp;
    let ann: User;
    let laptop: Visitor;
    let phone: Visitor;
    beforeEach(async () => {
      app = buildApp({ authType });
      ann = await makeUser();
      [laptop, phone] = [new Visitor(app), new Visitor(app)];
      await laptop.login(ann);
      app.clock.advance(10);
      await phone.login(ann);
    });

    async function isIn(visitor: Visitor): Promise<boolean> {
      return (await visitor.send('get', '/auth/status')).status === 200;
    }

    it('V7.5.2 are listed newest first, without what opens them, and with the last part of the address blanked', async () => {
      const { body, text } = await laptop.send('get', '/auth/sessions');

      expect(body.map(({ current }: { current: boolean }) => current)).to.deep.equal([false, true]);
      expect(body[0]).to.have.all.keys(
        'id',
        'created_at',
        'last_seen_at',
        'expires_at',
        'idle_expires_at',
        'current',
        'device',
        'address',
      );
      expect(body[0].address).to.match(/^127\.0\.0\.x$/);
      expect(text).to.not.include(laptop.cookie()).and.not.include(phone.cookie());
    });

    it('V7.5.2, V7.4.1 end one by one: another one, and the current one like a logout', async () => {
      const { body } = await laptop.send('get', '/auth/sessions');
      const [onPhone, onLaptop] = body as { id: string }[];

      expect((await laptop.send('delete', `/auth/sessions/${onPhone?.id}`)).body).to.deep.equal({});
      expect([await isIn(phone), await isIn(laptop)]).to.deep.equal([false, true]);
      await laptop.send('delete', `/auth/sessions/${onLaptop?.id}`);
      expect([laptop.cookie(), await isIn(laptop)]).to.deep.equal([undefined, false]);
    });

    it('V7.5.2 end all but this one', async () => {
      expect((await laptop.send('delete', '/auth/sessions')).body).to.deep.equal({ ended: 1 });
      const event = app.events.at(-1);

      expect([await isIn(phone), await isIn(laptop)]).to.deep.equal([false, true]);
      expect(event).to.include({ event: 'revoke', user: ann.id });
    });

    it("V8.2.2 are nobody else's business: a stranger's session is as unknown as none", async () => {
      const mallory = new Visitor(app);
      await mallory.login(await makeUser());
      const [session] = (await laptop.send('get', '/auth/sessions')).body as { id: string }[];

      for (const id of [session?.id, 'nope', '..%2f', '%00', '__proto__']) {
        expect((await mallory.send('delete', `/auth/sessions/${id}`)).status).to.equal(404);
      }
      for (const method of ['get', 'delete'] as const) {
        expect((await mallory.send(method, `/auth/users/${ann.id}/sessions`)).status).to.equal(403);
      }
      expect(await isIn(laptop)).to.equal(true);
    });

    it('V7.4.5 are seen and ended by an admin', async () => {
      const admin = new Visitor(app);
      await admin.login(await makeUser({ role: 'admin' }));

      expect((await admin.send('get', `/auth/users/${ann.id}/sessions`)).body).to.have.length(2);
      expect((await admin.send('delete', `/auth/users/${ann.id}/sessions`)).body).to.deep.equal({ ended: 2 });
      expect([await isIn(phone), await isIn(laptop)]).to.deep.equal([false, false]);
    });

    it('V8.3.1 need a login', async () => {
      for (const [method, path] of [
        ['get', '/auth/sessions'],
        ['delete', '/auth/sessions'],
        ['delete', '/auth/sessions/x'],
        ['get', '/auth/activity'],
        ['put', '/auth/password'],
        ['post', '/auth/confirm'],
        ['delete', '/auth/account'],
        ['get', '/auth/users'],
      ] as const) {
        const response = await new Visitor(app).send(method, path);
        expect([response.status, response.body]).to.deep.equal([401, { error: 'Unauthorized' }]);
      }
    });
  });
}

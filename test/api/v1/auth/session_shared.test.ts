import { expect } from 'chai';
import { UserSession } from '../../../../models/user_session.js';
import { cookie, login, makeUser, sessionIdIn, statusOf } from '../../../support/app.js';
import { needStore, STORES } from '../../../support/processes.js';
import { serversOn, type TestServer } from '../../../support/servers.js';
import { turns } from '../../../support/until.js';

const IDLE = 100;
/** Seconds within which a use is written when sessions may lie idle for so long. */
const INTERVAL = 10;

for (const store of STORES) {
  describe(`sessions of two servers on one store: ${store}`, function () {
    this.timeout(20_000);
    let [one, other]: TestServer[] = [];
    let clock: TestServer['clock'];
    beforeEach(needStore(store));
    beforeEach(async () => {
      const env = { SESSION_IDLE: `${IDLE}`, MAX_SESSIONS: '3' };
      [one, other] = await serversOn(store, { authType: 'session_db_auth', env });
      clock = one.clock;
    });

    /** Somebody's new session on one of them, and what the servers answer those who present it. */
    async function start(): Promise<{ id: string; on: (server: TestServer) => Promise<number> }> {
      const user = await one!.run(() => makeUser());
      const id = await login(one!, user);
      return { id, on: (server) => statusOf(server, id) };
    }

    const stored = (id: string) => one!.run(() => UserSession.findBySessionId(sessionIdIn(id)));

    it('do not end as idle on one of them while they are used on the other', async () => {
      const { on } = await start();
      clock.advance(INTERVAL - 1);
      await on(one!);

      clock.advance(IDLE);

      expect(await on(other!), 'the use was not written').to.equal(200);
      clock.advance(IDLE - 1);
      expect(await on(one!), 'and this one was').to.equal(200);
    });

    it('V7.3.1 end as idle on both, at most an interval late', async () => {
      const { on } = await start();

      clock.advance(IDLE + INTERVAL);
      const atTheEnd = [await on(one!), await on(other!)];
      clock.advance(IDLE + INTERVAL + 0.001);
      const after = [await on(one!), await on(other!)];

      expect(atTheEnd).to.deep.equal([200, 200]);
      expect(after).to.deep.equal([403, 403]);
    });

    it('are used in their last interval only once the other server can know it', async () => {
      const { on } = await start();
      clock.advance(IDLE + 1);
      const write = one!.process.hold('UserSession', 'update');
      let isAnswered = false;

      const answer = on(one!).finally(() => (isAnswered = true));
      await write.held;
      await turns(50);
      const before = isAnswered;
      write.goOn();

      expect([before, await answer]).to.deep.equal([false, 200]);
      clock.advance(IDLE);
      expect(await on(other!)).to.equal(200);
    });

    it('never have a later use taken back by the other server', async () => {
      const { id, on } = await start();
      clock.advance(INTERVAL);
      const session = (await stored(id)) as UserSession;
      await one!.run(() => UserSession.noteUse(session.id, clock.now));

      await other!.run(() => UserSession.noteUse(session.id, clock.now - 5000));
      await Promise.all([one!.run(() => one!.auth!.close()), other!.run(() => other!.auth!.close())]);

      expect((await stored(id))?.last_seen_at.getTime()).to.equal(clock.now);
      expect(await on(other!)).to.equal(200);
    });

    it('are no business of the memory of a server once their use is an interval old', async () => {
      const { id, on } = await start();
      clock.advance(INTERVAL - 1);
      await on(one!);
      const session = (await stored(id)) as UserSession;
      const { sessions } = one!.auth!;

      const noted = sessions!.lastUseOf(session).getTime();
      clock.advance(INTERVAL);
      // Nor of the store: this runs in no process, so that it could ask none.
      await sessions!.sweep();

      expect(noted).to.equal(clock.now - INTERVAL * 1000);
      expect(sessions!.lastUseOf(session)).to.deep.equal(session.last_seen_at);
    });

    it('SM no resurrection: stay ended on the server that has used them', async () => {
      const { id, on } = await start();
      clock.advance(INTERVAL + 1);
      await on(other!);

      await one!.request().delete('/api/v1/auth_session/logout').set(cookie(one!, id));
      const after = [await on(other!), await on(one!)];
      await other!.run(() => other!.auth!.sessions!.sweep());
      await other!.run(() => other!.auth!.close());

      expect(after).to.deep.equal([403, 403]);
      expect(await one!.run(() => UserSession.count())).to.equal(0);
    });

    it('V7.1.2 are no more than MAX_SESSIONS, also of two logins at once, and the newest stay', async () => {
      const user = await one!.run(() => makeUser());
      for (const server of [one!, other!, one!]) await login(server, user);

      const ids = await Promise.all([one!, other!].map((server) => login(server, user)));

      const left = (await one!.run(() => UserSession.allOf(user.id))).map(({ id }) => id);
      const newest = await Promise.all(ids.map(async (id) => (await stored(id))?.id));
      expect(left).to.have.length(3);
      expect(left).to.include.members(newest);
    });
  });
}

import { expect } from 'chai';
import { SessionAuth } from '../../../../api/v1/auth/session_auth.js';
import { SessionDBAuth } from '../../../../api/v1/auth/session_db_auth.js';
import { SessionExpAuth } from '../../../../api/v1/auth/session_exp_auth.js';
import { bindModel, useClock } from '../../../../models/base.js';
import { MemoryEngine } from '../../../../models/engine/memory_engine.js';
import { digestOf, UserSession } from '../../../../models/user_session.js';
import { TestClock } from '../../../support/clock.js';

const CEILING = 2_592_000;
const COOKIE = { cookieName: '_my_session_id', idleSeconds: 0 };

it('a session of SessionAuth has no duration of its own', () => {
  const auth = new SessionAuth(COOKIE);

  expect(auth.lifetime).to.equal(CEILING);
  expect(auth.cookieMaxAge).to.equal(null);
  expect(auth.durableSessions).to.equal(false);
});

it('only the sessions of SessionDBAuth outlive the process', () => {
  expect(new SessionExpAuth({ ...COOKIE, sessionDuration: 60 }).durableSessions).to.equal(false);
  expect(new SessionDBAuth({ ...COOKIE, sessionDuration: 60 }).durableSessions).to.equal(true);
});

for (const Scheme of [SessionExpAuth, SessionDBAuth]) {
  describe(`the duration of ${Scheme.name}`, () => {
    let clock: TestClock;
    let engine: MemoryEngine;
    beforeEach(() => {
      clock = new TestClock();
      engine = new MemoryEngine(UserSession);
      useClock(() => clock.now);
      bindModel(UserSession, engine);
    });

    const table = [
      [60, 60, 60],
      [CEILING, CEILING, CEILING],
      [CEILING + 1, CEILING, CEILING],
      [Infinity, CEILING, CEILING],
      [0, CEILING, null],
      [-1, CEILING, null],
    ] as const;
    for (const [sessionDuration, lifetime, maxAge] of table) {
      it(`of ${sessionDuration} gives a life of ${lifetime} and a Max-Age of ${maxAge}`, () => {
        const auth = new Scheme({ ...COOKIE, sessionDuration });

        expect(auth.sessionDuration).to.equal(sessionDuration);
        expect(auth.lifetime).to.equal(lifetime);
        expect(auth.cookieMaxAge).to.equal(maxAge);
      });
    }

    it('ends a session of 60 seconds after 60, not after 10', async () => {
      const auth = new Scheme({ ...COOKIE, sessionDuration: 60 });
      const id = await auth.createSession('abcde');

      const found = [await auth.userIdForSessionId(id)];
      for (const seconds of [10, 50, 1]) {
        clock.advance(seconds);
        found.push(await auth.userIdForSessionId(id));
      }

      expect(found).to.deep.equal(['abcde', 'abcde', 'abcde', null]);
      expect((await auth.userIdBySessionId()).size).to.equal(0);
    });

    for (const sessionDuration of [60, 0]) {
      it(`of ${sessionDuration} takes a session without a creation time for an old one`, async () => {
        const auth = new Scheme({ ...COOKIE, sessionDuration });
        for (const [id, created] of [
          ['none', {}],
          ['broken', { created_at: 'yesterday' }],
          ['number', { created_at: 5 }],
        ] as const) {
          await engine.put({ id, user_id: 'abcde', session_id: digestOf(id), ...created });

          expect(await auth.userIdForSessionId(id), id).to.equal(null);
        }
      });
    }

    it('is counted on one clock, wherever the server stands', async () => {
      const auth = new Scheme({ ...COOKIE, sessionDuration: 60 });
      await auth.createSession('abcde');

      const [session] = await engine.all();

      expect(session?.['created_at']).to.equal(new Date(clock.now).toISOString());
    });
  });
}

import { expect } from 'chai';
import { bindModel } from '../../../../models/base.js';
import { MemoryEngine } from '../../../../models/engine/memory_engine.js';
import { UserSession } from '../../../../models/user_session.js';
import { buildApp, cookie, login, makeUser, SESSION_SCHEMES, statusOf } from '../../../support/app.js';

const DAY = 86_400;
const CEILING = 30 * DAY;
const EXPIRING = ['session_exp_auth', 'session_db_auth'] as const;

async function startSession(authType: (typeof SESSION_SCHEMES)[number], env: Record<string, string>) {
  const app = buildApp({ authType, env });
  const id = await login(app, await makeUser());
  return { app, id };
}

for (const authType of EXPIRING) {
  describe(`the life of a session under ${authType}`, () => {
    it('V7.3.2 ends SESSION_DURATION after login, to the millisecond', async () => {
      const { app, id } = await startSession(authType, { SESSION_DURATION: '60' });

      const atOnce = await statusOf(app, id);
      app.clock.advance(60);
      const atTheEnd = await statusOf(app, id);
      app.clock.advance(0.001);
      const after = await statusOf(app, id);

      expect([atOnce, atTheEnd, after]).to.deep.equal([200, 200, 403]);
    });

    it('V7.3.2 is not prolonged by use', async () => {
      const { app, id } = await startSession(authType, { SESSION_DURATION: '60' });

      const statuses = [];
      for (let second = 0; second < 80; second += 20) {
        statuses.push(await statusOf(app, id));
        app.clock.advance(20);
      }
      statuses.push(await statusOf(app, id));

      expect(statuses).to.deep.equal([200, 200, 200, 200, 403]);
    });

    it('V7.4.1 cannot be logged out after its end', async () => {
      const { app, id } = await startSession(authType, { SESSION_DURATION: '60' });
      app.clock.advance(61);

      const response = await app.request().delete('/api/v1/auth_session/logout').set(cookie(app, id));

      expect(response.status).to.equal(403);
    });

    it('is counted for each session by itself', async () => {
      const { app, id } = await startSession(authType, { SESSION_DURATION: '60' });
      app.clock.advance(40);
      const second = await login(app, await makeUser());
      app.clock.advance(30);

      expect([await statusOf(app, id), await statusOf(app, second)]).to.deep.equal([403, 200]);
    });

    for (const value of ['0', '-1', '', '1abc', '1.5', '31536000', '9'.repeat(400)]) {
      it(`has only the ceiling of 30 days for SESSION_DURATION=${value.slice(0, 20)}`, async () => {
        const { app, id } = await startSession(authType, { SESSION_DURATION: value });

        app.clock.advance(CEILING);
        const atTheEnd = await statusOf(app, id);
        app.clock.advance(0.001);
        const after = await statusOf(app, id);

        expect([atTheEnd, after]).to.deep.equal([200, 403]);
      });
    }
  });
}

describe('the life of a session under session_auth', () => {
  it('ignores SESSION_DURATION and ends after 30 days', async () => {
    const { app, id } = await startSession('session_auth', { SESSION_DURATION: '1' });

    app.clock.advance(CEILING);
    const atTheEnd = await statusOf(app, id);
    app.clock.advance(0.001);
    const after = await statusOf(app, id);

    expect([atTheEnd, after]).to.deep.equal([200, 403]);
  });
});

for (const authType of SESSION_SCHEMES) {
  describe(`an ended session under ${authType}`, () => {
    it('is gone for a user who is gone, without a sweep', async () => {
      const { app, id } = await startSession(authType, {});
      const other = await UserSession.start('nobody');

      expect([await statusOf(app, id), await statusOf(app, other)]).to.deep.equal([200, 403]);
    });

    it('V14.2.7 is removed by a sweep, as are those of users who are gone, and no live one', async () => {
      const env = { SESSION_DURATION: '60' };
      const { app, id } = await startSession(authType, env);
      await UserSession.start('nobody');
      app.clock.advance(authType === 'session_auth' ? CEILING + 1 : 61);
      const live = await login(app, await makeUser());
      await UserSession.start('nobody either');

      const removed = await app.auth?.sessions?.sweep();

      expect(removed).to.equal(3);
      expect(await UserSession.count()).to.equal(1);
      expect([await statusOf(app, id), await statusOf(app, live)]).to.deep.equal([403, 200]);
    });

    it('is left to a store that removes what has ended by itself', async () => {
      const { app } = await startSession(authType, { SESSION_DURATION: '60' });
      class UnwalkedEngine extends MemoryEngine {
        override slices(): never {
          throw new Error('it was walked through');
        }
      }
      bindModel(UserSession, new UnwalkedEngine(UserSession), { isShared: true });

      expect(await app.auth?.sessions?.sweep()).to.equal(0);
    });

    it('is removed by a sweep however many there are', async () => {
      const { app, id } = await startSession(authType, {});
      await Promise.all(Array.from({ length: 1200 }, (_, index) => UserSession.start(`nobody ${index}`)));

      const removed = await app.auth?.sessions?.sweep();

      expect(removed).to.equal(1200);
      expect(await statusOf(app, id)).to.equal(200);
    });
  });
}

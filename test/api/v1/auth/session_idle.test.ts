import { expect } from 'chai';
import { UserSession } from '../../../../models/user_session.js';
import { buildApp, login, makeUser, SESSION_SCHEMES, statusOf, type TestApp } from '../../../support/app.js';
import { until } from '../../../support/until.js';

for (const authType of SESSION_SCHEMES) {
  describe(`SESSION_IDLE under ${authType}`, () => {
    const env = { SESSION_IDLE: '100', SESSION_DURATION: '250' };

    it('V7.3.1 ends a session that nobody uses, to the millisecond', async () => {
      const app = buildApp({ authType, env });
      const id = await login(app, await makeUser());

      app.clock.advance(100);
      const atTheEnd = await statusOf(app, id);
      app.clock.advance(100.001);
      const after = await statusOf(app, id);

      expect([atTheEnd, after]).to.deep.equal([200, 403]);
    });

    it('counts every use at once, and never beyond the absolute end', async () => {
      const app = buildApp({ authType, env });
      const id = await login(app, await makeUser());

      const statuses = [];
      for (let uses = 0; uses < 4; uses += 1) {
        app.clock.advance(80);
        const status = await statusOf(app, id);
        statuses.push(status);
        if (status === 200) await until(() => isWritten(app));
      }

      expect(statuses).to.deep.equal([200, 200, 200, authType === 'session_auth' ? 200 : 403]);
    });

    it('counts a use that is not worth a write yet', async () => {
      const app = buildApp({ authType, env });
      const id = await login(app, await makeUser());
      app.clock.advance(9);
      await statusOf(app, id);

      app.clock.advance(100);

      expect(await statusOf(app, id)).to.equal(200);
    });

    it('does not count requests with other credentials', async () => {
      const app = buildApp({ authType, env });
      const user = await makeUser();
      const [id, other] = [await login(app, user), await login(app, user)];
      app.clock.advance(80);
      await statusOf(app, other);

      app.clock.advance(30);

      expect([await statusOf(app, id), await statusOf(app, other)]).to.deep.equal([403, 200]);
    });

    it('is off at 0', async () => {
      const app = buildApp({ authType, env: { SESSION_IDLE: '0' } });
      const id = await login(app, await makeUser());

      app.clock.advance(86_400 * 29);

      expect(await statusOf(app, id)).to.equal(200);
    });
  });
}

/** Whether the store knows of all uses there were: it is told without anybody waiting, and the clock stands still meanwhile. */
async function isWritten(app: TestApp): Promise<boolean> {
  return (await UserSession.all()).every(({ last_seen_at }) => last_seen_at.getTime() >= app.clock.now);
}

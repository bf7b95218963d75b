import { expect } from 'chai';
import { bindModel } from '../../../../models/base.js';
import { MemoryEngine } from '../../../../models/engine/memory_engine.js';
import {
  StorageUnavailableError,
  type Changes,
  type StoredRecord,
} from '../../../../models/engine/storage_engine.js';
import { User } from '../../../../models/user.js';
import { UserSession } from '../../../../models/user_session.js';
import {
  buildApp,
  cookie,
  login,
  makeUser,
  SESSION_SCHEMES,
  sessionIdIn,
  statusOf,
} from '../../../support/app.js';

/** Counts what is written to it. */
class CountingEngine extends MemoryEngine {
  updates = 0;

  override async update(id: string, changes: Changes, expected?: Changes): Promise<StoredRecord | null> {
    this.updates += 1;
    return super.update(id, changes, expected);
  }
}

/** Answers the question for a record only when told to. */
class SlowEngine extends MemoryEngine {
  readonly answer: () => void;
  readonly asked: Promise<void>;
  readonly #answered: Promise<void>;
  #ask!: () => void;

  constructor() {
    super(User);
    let answer!: () => void;
    this.#answered = new Promise((resolve) => (answer = resolve));
    this.asked = new Promise((resolve) => (this.#ask = resolve));
    this.answer = answer;
  }

  override async get(id: string): Promise<StoredRecord | null> {
    this.#ask();
    await this.#answered;
    return super.get(id);
  }
}

for (const authType of SESSION_SCHEMES) {
  describe(`use of a session under ${authType}`, () => {
    for (const [idle, interval] of [
      ['0', 60],
      ['100', 10],
      ['86400', 60],
    ] as const) {
      it(`is written once in ${interval} seconds for SESSION_IDLE=${idle}`, async () => {
        const app = buildApp({ authType, env: { SESSION_IDLE: idle } });
        const sessions = new CountingEngine(UserSession);
        bindModel(UserSession, sessions);
        const id = await login(app, await makeUser());

        for (let uses = 0; uses < 40; uses += 1) {
          app.clock.advance(interval / 10);
          await statusOf(app, id);
        }

        expect(sessions.updates).to.equal(4);
        const [session] = await UserSession.all();
        expect(session?.last_seen_at.getTime()).to.equal(app.clock.now);
      });
    }

    it('troubles nobody when it cannot be written', async () => {
      const app = buildApp({ authType, env: { SESSION_IDLE: '100' } });
      const sessions = new MemoryEngine(UserSession);
      bindModel(UserSession, sessions);
      const id = await login(app, await makeUser());
      sessions.update = () => Promise.reject(new StorageUnavailableError('full'));

      const statuses = [];
      for (let uses = 0; uses < 4; uses += 1) {
        app.clock.advance(50);
        statuses.push(await statusOf(app, id));
      }
      await app.auth?.close();

      expect(statuses).to.deep.equal([200, 200, 200, 200]);
    });

    it('is written when the server stops', async () => {
      const app = buildApp({ authType, env: { SESSION_IDLE: '100' } });
      const id = await login(app, await makeUser());
      app.clock.advance(5);
      await statusOf(app, id);

      await app.auth?.close();

      const [session] = await UserSession.all();
      expect(session?.last_seen_at.getTime()).to.equal(app.clock.now);
    });

    for (const end of ['logout', 'a sweep']) {
      it(`is forgotten with the session at ${end}`, async () => {
        const app = buildApp({ authType, env: { SESSION_IDLE: '100' } });
        const sessions = new CountingEngine(UserSession);
        bindModel(UserSession, sessions);
        const user = await makeUser();
        const headers = cookie(app, await login(app, user));
        app.clock.advance(5);
        await app.request().get('/api/v1/users/me').set(headers);

        if (end === 'logout') await app.request().delete('/api/v1/auth_session/logout').set(headers);
        else await UserSession.removeAllOf(user.id).then(() => app.auth?.sessions?.sweep());
        await app.auth?.close();

        expect(sessions.updates).to.equal(0);
      });
    }

    for (const seconds of [5, 50]) {
      it(`SM no resurrection: does not bring back a session logged out meanwhile, ${seconds} seconds after login`, async () => {
        const app = buildApp({ authType, env: { SESSION_IDLE: '100' } });
        const users = new SlowEngine();
        const user = await makeUser();
        const id = await login(app, user);
        const session = (await UserSession.findBySessionId(sessionIdIn(id))) as UserSession;
        bindModel(User, users);
        await users.put(user.toRecord());
        app.clock.advance(seconds);

        const slow = statusOf(app, id);
        await users.asked;
        await session.remove();
        users.answer();
        await slow;
        await app.auth?.close();

        expect(await UserSession.count()).to.equal(0);
        expect(await statusOf(app, id)).to.equal(403);
      });
    }
  });
}

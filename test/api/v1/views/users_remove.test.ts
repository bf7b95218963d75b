import { expect } from 'chai';
import { bindModel } from '../../../../models/base.js';
import { MemoryEngine } from '../../../../models/engine/memory_engine.js';
import type { StoredRecord } from '../../../../models/engine/storage_engine.js';
import { User } from '../../../../models/user.js';
import { UserSession } from '../../../../models/user_session.js';
import { buildApp, credentials, makeUser, SESSION_SCHEMES } from '../../../support/app.js';
import { turns } from '../../../support/until.js';

/** Takes so long to look for sessions that every request has found the user before one removes it. */
class LateEngine extends MemoryEngine {
  override async find(attribute: string, value: string): Promise<readonly StoredRecord[]> {
    await turns(500);
    return super.find(attribute, value);
  }
}

describe('DELETE /users/:id', () => {
  it('removes the user', async () => {
    const app = buildApp({ authType: null });
    const { id } = await makeUser();

    const response = await app.request().delete(`/api/v1/users/${id}`);

    expect(response.status).to.equal(200);
    expect(response.body).to.deep.equal({});
    expect(await User.get(id)).to.equal(null);
  });

  it('finds nobody the second time', async () => {
    const app = buildApp({ authType: null });
    const { id } = await makeUser();
    await app.request().delete(`/api/v1/users/${id}`);

    const response = await app.request().delete(`/api/v1/users/${id}`);

    expect(response.status).to.equal(404);
    expect(response.body).to.deep.equal({ error: 'Not found' });
  });

  for (const id of ['nobody', '__proto__', 'constructor', 'null', 'me']) {
    it(`knows no ${id}`, async () => {
      const app = buildApp({ authType: null });
      await makeUser();

      const response = await app.request().delete(`/api/v1/users/${id}`);

      expect(response.status).to.equal(404);
      expect(await User.count()).to.equal(1);
    });
  }

  it('is done by one of several requests at the same time', async () => {
    const app = buildApp({ authType: null });
    bindModel(UserSession, new LateEngine(UserSession));
    const { id } = await makeUser();

    const responses = await Promise.all(
      Array.from({ length: 5 }, () => app.request().delete(`/api/v1/users/${id}`)),
    );

    expect(responses.map(({ status }) => status)).to.have.members([200, 404, 404, 404, 404]);
  });

  for (const authType of SESSION_SCHEMES) {
    it(`V7.4.2 ends the user's sessions under ${authType}, and nobody else's`, async () => {
      const app = buildApp({ authType });
      const [user, other] = [await makeUser(), await makeUser()];
      const mine = [await credentials(app, user), await credentials(app, user)] as const;
      const theirs = await credentials(app, other);

      await app.request().delete(`/api/v1/users/${user.id}`).set(mine[0]);

      expect((await app.request().get('/api/v1/users/me').set(mine[0])).status).to.equal(403);
      expect((await app.request().get('/api/v1/users/me').set(mine[1])).status).to.equal(403);
      expect((await app.request().get('/api/v1/users/me').set(theirs)).status).to.equal(200);
      expect(await UserSession.count()).to.equal(1);
    });
  }
});

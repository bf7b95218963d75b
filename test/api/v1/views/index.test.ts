import { expect } from 'chai';
import { buildApp, makeUser, SETTINGS } from '../../../support/app.js';

for (const authType of SETTINGS) {
  describe(`the index under ${authType ?? 'no scheme'}`, () => {
    it('is well', async () => {
      const response = await buildApp({ authType }).request().get('/api/v1/status');

      expect(response.status).to.equal(200);
      expect(response.body).to.deep.equal({ status: 'OK' });
      expect(response.headers['access-control-allow-origin']).to.equal('*');
    });

    it('shows what a 401 looks like', async () => {
      const response = await buildApp({ authType }).request().get('/api/v1/unauthorized');

      expect(response.status).to.equal(401);
      expect(response.type).to.equal('application/json');
      expect(response.body).to.deep.equal({ error: 'Unauthorized' });
    });

    it('shows what a 403 looks like', async () => {
      const response = await buildApp({ authType }).request().get('/api/v1/forbidden');

      expect(response.status).to.equal(403);
      expect(response.type).to.equal('application/json');
      expect(response.body).to.deep.equal({ error: 'Forbidden' });
    });
  });
}

describe('stats', () => {
  it('counts the users', async () => {
    const app = buildApp({ authType: null });
    const before = await app.request().get('/api/v1/stats');
    await makeUser();
    await makeUser();

    const after = await app.request().get('/api/v1/stats');

    expect(before.body).to.deep.equal({ users: 0 });
    expect(after.body).to.deep.equal({ users: 2 });
  });
});

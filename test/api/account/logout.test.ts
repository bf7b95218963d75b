import { expect } from 'chai';
import { Visitor } from '../../support/account.js';
import { buildApp, makeUser, SESSION_SCHEMES } from '../../support/app.js';

const LOGOUTS = [
  ['post', '/auth/logout'],
  ['delete', '/api/v1/auth_session/logout'],
] as const;

for (const authType of SESSION_SCHEMES) {
  describe(`a logout under ${authType}`, () => {
    for (const [method, path] of LOGOUTS) {
      it(`V14.3.1 clears in production what the browser has cached: ${path}`, async () => {
        const app = buildApp({ authType, env: { NODE_ENV: 'production', ALLOW_HTTP: '1' } });
        const visitor = new Visitor(app);
        await visitor.login(await makeUser());

        const refused = await new Visitor(app).send(method, path);
        const done = await visitor.send(method, path);

        expect([done.status, done.get('Clear-Site-Data')]).to.deep.equal([200, '"cache"']);
        expect([refused.status, refused.get('Clear-Site-Data')]).to.deep.equal([401, undefined]);
        expect(visitor.cookie()).to.equal(undefined);
      });
    }
  });
}

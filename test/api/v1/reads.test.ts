import { expect } from 'chai';
import { Visitor } from '../../support/account.js';
import { buildApp, cookie, credentials, makeUser, SETTINGS } from '../../support/app.js';
import { bytesOf, storageIn, tempFolder } from '../../support/temp_storage.js';

for (const authType of SETTINGS) {
  it(`V3.5.3 reading writes nothing, by whomever, under ${authType ?? 'no scheme'}`, async () => {
    const app = buildApp({ authType });
    const folder = await tempFolder();
    await storageIn(folder);
    const admin = await makeUser({ role: 'admin' });
    const visitor = new Visitor(app);
    await visitor.login(admin);
    const good = { ...cookie(app, visitor.cookie() ?? ''), ...(await credentials(app, admin)) };
    // A first good login from a network is remembered; this is not it.
    await app.request().get('/api/v1/users').set(good);
    const reads = app.routes.filter(({ method }) => method === 'GET');
    const paths = reads.map(({ path }) => path.replace(':id', admin.id));
    const before = await bytesOf(folder);

    for (const headers of [{}, { Authorization: 'Test' }, { Cookie: '_my_session_id=planted' }, good]) {
      for (const path of [...paths, '/api/v1/users/x', '/api/v1/nope', '/nope', '/auth/nope']) {
        await app.request().get(path).set(headers);
        await app.request().head(path).set(headers);
        await app.request().options(path).set(headers);
      }
    }

    expect(await bytesOf(folder)).to.deep.equal(before);
    expect(paths).to.include.members(['/api/v1/users/me', '/auth/sessions', '/auth/csrf', '/protected']);
  });
}

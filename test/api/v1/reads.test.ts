import { expect } from 'chai';
import { buildApp, credentials, makeUser, SETTINGS } from '../../support/app.js';
import { bytesOf, storageIn, tempFolder } from '../../support/temp_storage.js';

const PATHS = [
  '/status',
  '/stats',
  '/users',
  '/users/me',
  '/users/x',
  '/unauthorized',
  '/forbidden',
  '/nope',
];

for (const authType of SETTINGS) {
  it(`reading writes nothing, by whomever, under ${authType ?? 'no scheme'}`, async () => {
    const app = buildApp({ authType });
    const folder = await tempFolder();
    await storageIn(folder);
    const good = await credentials(app, await makeUser());
    // A first good login from a network is remembered; this is not it.
    await app.request().get('/api/v1/users').set(good);
    const before = await bytesOf(folder);

    for (const headers of [{}, { Authorization: 'Test' }, { Cookie: '_my_session_id=planted' }, good]) {
      for (const path of PATHS) {
        await app.request().get(`/api/v1${path}`).set(headers);
        await app.request().head(`/api/v1${path}`).set(headers);
        await app.request().options(`/api/v1${path}`).set(headers);
      }
    }

    expect(await bytesOf(folder)).to.deep.equal(before);
  });
}

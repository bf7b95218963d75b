import { expect } from 'chai';
import { buildApp, makeUser } from '../../../support/app.js';

const BOB = {
  email: 'bob@hbtn.io',
  password: 'H0lbertonSchool98!',
  header: 'Basic Ym9iQGhidG4uaW86SDBsYmVydG9uU2Nob29sOTgh',
};
const BOB100 = {
  email: 'bob100@hbtn.io',
  password: 'H0lberton:School:98!',
  header: 'Basic Ym9iMTAwQGhidG4uaW86SDBsYmVydG9uOlNjaG9vbDo5OCE=',
};

describe('the exercises of basic authentication over HTTP', () => {
  for (const { email, password, header } of [BOB, BOB100]) {
    it(`let ${email} in, as main_6 and main_100 show`, async () => {
      const app = buildApp({ authType: 'basic_auth' });
      await makeUser({ email, password });
      const users = (headers = {}) => app.request().get('/api/v1/users').set(headers);

      const status = await app.request().get('/api/v1/status');
      const none = await users();
      const test = await users({ Authorization: 'Test' });
      const basicTest = await users({ Authorization: 'Basic test' });
      const right = await users({ Authorization: header });

      expect([status.status, none.status, test.status, basicTest.status]).to.deep.equal([200, 401, 403, 403]);
      expect(none.body).to.deep.equal({ error: 'Unauthorized' });
      expect(basicTest.body).to.deep.equal({ error: 'Forbidden' });
      expect(right.status).to.equal(200);
      expect(right.body).to.have.length(1);
      expect(right.body[0].email).to.equal(email);
    });
  }

  it('show both users to either', async () => {
    const app = buildApp({ authType: 'basic_auth' });
    await makeUser(BOB);
    await makeUser(BOB100);

    const { body } = await app.request().get('/api/v1/users').set('Authorization', BOB100.header);

    expect(body.map(({ email }: { email: string }) => email)).to.deep.equal([BOB.email, BOB100.email]);
  });

  it('show bob to himself as users/me', async () => {
    const app = buildApp({ authType: 'basic_auth' });
    const bob = await makeUser(BOB);

    const { body } = await app.request().get('/api/v1/users/me').set('Authorization', BOB.header);

    expect(body).to.deep.equal(bob.toJSON());
  });
});

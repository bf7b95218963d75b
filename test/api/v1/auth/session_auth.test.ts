import { expect } from 'chai';
import { Auth } from '../../../../api/v1/auth/auth.js';
import { SessionAuth } from '../../../../api/v1/auth/session_auth.js';
import { SessionDBAuth } from '../../../../api/v1/auth/session_db_auth.js';
import { SessionExpAuth } from '../../../../api/v1/auth/session_exp_auth.js';
import { digestOf } from '../../../../models/user_session.js';
import { makeUser, requestWith, useFastHasher } from '../../../support/app.js';
import { useEmptyStore } from '../../../support/stores.js';

const OPTIONS = { cookieName: '_my_session_id', idleSeconds: 0, sessionDuration: 60 };

function requestOf(sessionId: string | null) {
  return requestWith({ cookie: `_my_session_id=${sessionId}` });
}

it('the session schemes inherit one from another', () => {
  expect(new SessionAuth(OPTIONS)).to.be.instanceOf(Auth);
  expect(new SessionExpAuth(OPTIONS)).to.be.instanceOf(SessionAuth);
  expect(new SessionDBAuth(OPTIONS)).to.be.instanceOf(SessionExpAuth);
});

for (const Scheme of [SessionAuth, SessionExpAuth, SessionDBAuth]) {
  describe(`${Scheme.name}.createSession`, () => {
    beforeEach(useEmptyStore);

    it('makes nothing of a user id that is no text', async () => {
      const auth = new Scheme(OPTIONS);

      const ids = [
        await auth.createSession(null),
        await auth.createSession(89),
        await auth.createSession(undefined),
        await auth.createSession({}),
      ];

      expect(ids).to.deep.equal([null, null, null, null]);
      expect((await auth.userIdBySessionId()).size).to.equal(0);
    });

    it('V7.2.2 makes another id each time, also for the same user', async () => {
      const auth = new Scheme(OPTIONS);

      const ids = [
        await auth.createSession('abcde'),
        await auth.createSession('fghij'),
        await auth.createSession('abcde'),
      ];

      const expected = ids.map((id, index) => [digestOf(id ?? ''), index === 1 ? 'fghij' : 'abcde']);
      expect(new Set(ids).size).to.equal(3);
      expect([...(await auth.userIdBySessionId())]).to.deep.equal(expected);
    });
  });

  describe(`${Scheme.name}.userIdForSessionId`, () => {
    beforeEach(useEmptyStore);

    it('is null for what is no session', async () => {
      const auth = new Scheme(OPTIONS);
      await auth.createSession('abcde');

      const strange = [
        null,
        undefined,
        89,
        {},
        [],
        '',
        'doesntexist',
        '__proto__',
        'constructor',
        'toString',
      ];
      for (const id of strange) expect(await auth.userIdForSessionId(id), JSON.stringify(id)).to.equal(null);
    });

    it('is null before there ever was a session', async () => {
      expect(await new Scheme(OPTIONS).userIdForSessionId('doesntexist')).to.equal(null);
    });

    it('is the user of each session', async () => {
      const auth = new Scheme(OPTIONS);
      const users = ['abcde', 'fghij', 'abcde'];
      const ids = await Promise.all(users.map((user) => auth.createSession(user)));

      const found = await Promise.all(ids.map((id) => auth.userIdForSessionId(id)));

      expect(found).to.deep.equal(users);
    });
  });

  describe(`${Scheme.name}.currentUser`, () => {
    beforeEach(() => {
      useEmptyStore();
      useFastHasher();
    });

    it('is the user of the session in the cookie', async () => {
      const auth = new Scheme(OPTIONS);
      const user = await makeUser({ email: 'bobsession@hbtn.io', password: 'fake pwd' });
      const id = await auth.createSession(user.id);

      expect((await auth.currentUser(requestOf(id)))?.id).to.equal(user.id);
      expect(await auth.currentUser(requestOf('Holberton'))).to.equal(null);
      expect(await auth.currentUser(requestWith({}))).to.equal(null);
      expect(await auth.currentUser(null)).to.equal(null);
    });

    it('is null when the user is gone', async () => {
      const auth = new Scheme(OPTIONS);
      const id = await auth.createSession('nobody');

      expect(await auth.currentUser(requestOf(id))).to.equal(null);
    });

    it('is null when only a header names the session', async () => {
      const auth = new Scheme(OPTIONS);
      const id = await auth.createSession((await makeUser()).id);

      expect(await auth.currentUser(requestWith({ authorization: id ?? '' }))).to.equal(null);
    });
  });

  describe(`${Scheme.name}.destroySession`, () => {
    beforeEach(useEmptyStore);

    it('is false without request, cookie or known session', async () => {
      const auth = new Scheme(OPTIONS);
      await auth.createSession('abcde');

      expect(await auth.destroySession()).to.equal(false);
      expect(await auth.destroySession(null)).to.equal(false);
      expect(await auth.destroySession(requestWith({}))).to.equal(false);
      expect(await auth.destroySession(requestOf('doesntexist'))).to.equal(false);
      expect((await auth.userIdBySessionId()).size).to.equal(1);
    });

    it('forgets the session, once', async () => {
      const auth = new Scheme(OPTIONS);
      const [id, other] = [await auth.createSession('abcde'), await auth.createSession('abcde')];

      const results = [await auth.destroySession(requestOf(id)), await auth.destroySession(requestOf(id))];

      expect(results).to.deep.equal([true, false]);
      expect(await auth.userIdForSessionId(id)).to.equal(null);
      expect(await auth.userIdForSessionId(other)).to.equal('abcde');
    });
  });
}

import { expect } from 'chai';
import { Auth } from '../../../../api/v1/auth/auth.js';
import { requestWith } from '../../../support/app.js';

const auth = new Auth({ cookieName: '_my_session_id' });

describe('Auth.requireAuth', () => {
  const STATUS = '/api/v1/status/';
  const table: readonly (readonly [string | null, readonly string[] | null, boolean])[] = [
    [null, null, true],
    [null, [], true],
    [null, [STATUS], true],
    [STATUS, null, true],
    [STATUS, [], true],
    [STATUS, [STATUS], false],
    ['/api/v1/status', [STATUS], false],
    [STATUS, ['/api/v1/status'], false],
    ['/api/v1/users', [STATUS], true],
    ['/api/v1/users', [STATUS, '/api/v1/stats'], true],
    ['/api/v1/stats', [STATUS, '/api/v1/stats'], false],
    ['/api/v1/statuses', [STATUS], true],
    ['/api/v1/status/deeper', [STATUS], true],
    ['/api/v1/statu', [STATUS], true],
    ['/api/v1/status//', [STATUS], true],
    ['/api/v1/Status', [STATUS], true],
    ['', [STATUS], true],
    ['/', ['/'], false],
    ['/api/v1/users', ['/api/v1/stat*'], true],
    ['/api/v1/status', ['/api/v1/stat*'], false],
    ['/api/v1/stats', ['/api/v1/stat*'], false],
    ['/api/v1/stat', ['/api/v1/stat*'], false],
    ['/api/v1/stats/deeper', ['/api/v1/stat*'], false],
    ['/x/api/v1/stats', ['/api/v1/stat*'], true],
    ['/api/v1/sta', ['/api/v1/stat*'], true],
    ['/anything', ['*'], false],
    ['/api/v1/staXus', ['/api/v1/sta.us'], true],
    ['/api/v1/(', ['/api/v1/(*'], false],
  ];
  for (const [path, excluded, expected] of table) {
    it(`is ${expected} for ${path} with ${JSON.stringify(excluded)} left out`, () => {
      expect(auth.requireAuth(path, excluded)).to.equal(expected);
    });
  }
});

describe('Auth.authorizationHeader', () => {
  it('is null without a request or a header', () => {
    expect(auth.authorizationHeader()).to.equal(null);
    expect(auth.authorizationHeader(null)).to.equal(null);
    expect(auth.authorizationHeader(requestWith({}))).to.equal(null);
  });

  it('is the raw value', () => {
    expect(auth.authorizationHeader(requestWith({ authorization: ' Test  x' }))).to.equal(' Test  x');
    expect(auth.authorizationHeader(requestWith({ authorization: '' }))).to.equal('');
  });
});

describe('Auth.sessionCookie', () => {
  const table = [
    ['other=x', null],
    ['_my_session_id=Hello', 'Hello'],
    ['_my_session_id=C is fun', 'C is fun'],
    ['_my_session_id_fake=Hello', null],
    ['x_my_session_id=Hello', null],
    ['_MY_SESSION_ID=Hello', null],
    ['a=1; _my_session_id=Hello; b=2', 'Hello'],
    ['_my_session_id=first; _my_session_id=second', 'first'],
    ['_my_session_id=', ''],
    ['_my_session_id', null],
    ['_my_session_id=%zz', '%zz'],
    [';;;=;', null],
  ] as const;
  for (const [cookie, expected] of table) {
    it(`reads ${JSON.stringify(expected)} from ${cookie}`, () => {
      expect(auth.sessionCookie(requestWith({ cookie }))).to.equal(expected);
    });
  }

  it('is null without a request or a cookie', () => {
    expect(auth.sessionCookie()).to.equal(null);
    expect(auth.sessionCookie(null)).to.equal(null);
    expect(auth.sessionCookie(requestWith({}))).to.equal(null);
  });

  for (const cookieName of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    it(`finds no cookie called ${cookieName} that nobody sent`, () => {
      const strange = new Auth({ cookieName });

      expect(strange.sessionCookie(requestWith({ cookie: 'a=b' }))).to.equal(null);
      expect(strange.sessionCookie(requestWith({ cookie: `${cookieName}=x` }))).to.equal('x');
    });
  }
});

describe('Auth', () => {
  it('knows nobody, has no sessions and offers nothing', async () => {
    const request = requestWith({ authorization: 'Test', cookie: '_my_session_id=x' });

    expect(await auth.currentUser()).to.equal(null);
    expect(await auth.currentUser(request)).to.equal(null);
    expect(auth.sessions).to.equal(null);
    expect(auth.challenge).to.equal(null);
    expect(auth.durableSessions).to.equal(false);
  });
});

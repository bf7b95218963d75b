import { expect } from 'chai';
import { Auth } from '../../../../api/v1/auth/auth.js';
import { BasicAuth } from '../../../../api/v1/auth/basic_auth.js';
import { makeUser, requestWith, useFastHasher } from '../../../support/app.js';
import { useEmptyStore } from '../../../support/stores.js';

const auth = new BasicAuth({ cookieName: '_my_session_id' });

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

it('BasicAuth is an Auth', () => {
  expect(auth).to.be.instanceOf(Auth);
});

describe('BasicAuth.extractBase64AuthorizationHeader', () => {
  const table: readonly (readonly [unknown, string | null])[] = [
    [null, null],
    [undefined, null],
    [89, null],
    [{}, null],
    ['', null],
    ['Holberton School', null],
    ['Basic1234', null],
    ['Basic', null],
    ['basic 1234', null],
    ['BASIC 1234', null],
    [' Basic 1234', null],
    ['Basic\t1234', null],
    ['Basic ', ''],
    ['Basic  1234', ' 1234'],
    ['Basic Holberton', 'Holberton'],
    ['Basic SG9sYmVydG9u', 'SG9sYmVydG9u'],
    ['Basic SG9sYmVydG9uIFNjaG9vbA==', 'SG9sYmVydG9uIFNjaG9vbA=='],
    ['Basic a b', 'a b'],
  ];
  for (const [header, expected] of table) {
    it(`makes ${JSON.stringify(expected)} of ${JSON.stringify(header)}`, () => {
      expect(auth.extractBase64AuthorizationHeader(header)).to.equal(expected);
    });
  }
});

describe('BasicAuth.decodeBase64AuthorizationHeader', () => {
  const table: readonly (readonly [unknown, string | null])[] = [
    [null, null],
    [89, null],
    [['SG9sYmVydG9u'], null],
    ['Holberton School', null],
    ['Holberton', null],
    ['test', null],
    ['SG9sYmVydG9u', 'Holberton'],
    ['SG9sYmVydG9uIFNjaG9vbA==', 'Holberton School'],
    ['SG9sYmVydG9uIFNjaG9vbA', null],
    ['SG9sYmVydG9uIFNjaG9vbA=', null],
    ['SG9sYmVydG9uIFNjaG9vbA===', null],
    ['SG9s YmVydG9u', null],
    ['SG9sYmVydG9u\n', null],
    ['=', null],
    ['', ''],
    [Buffer.from([0xff, 0xfe]).toString('base64'), null],
    [Buffer.from([0xed, 0xa0, 0x80]).toString('base64'), null],
    [base64('Zoë:ü'), 'Zoë:ü'],
    [base64('\uFEFFa:b'), '\uFEFFa:b'],
    [Buffer.from('a:>>>???').toString('base64url'), null],
  ];
  for (const [encoded, expected] of table) {
    it(`makes ${JSON.stringify(expected)} of ${JSON.stringify(encoded)}`, () => {
      expect(auth.decodeBase64AuthorizationHeader(encoded)).to.equal(expected);
    });
  }

  it('takes what the step before gives', () => {
    const encoded = auth.extractBase64AuthorizationHeader('Basic SG9sYmVydG9uIFNjaG9vbA==');

    expect(auth.decodeBase64AuthorizationHeader(encoded)).to.equal('Holberton School');
  });
});

describe('BasicAuth.extractUserCredentials', () => {
  const table: readonly (readonly [unknown, readonly (string | null)[]])[] = [
    [null, [null, null]],
    [89, [null, null]],
    ['Holberton School', [null, null]],
    ['', [null, null]],
    ['Holberton:School', ['Holberton', 'School']],
    ['bob@gmail.com:toto1234', ['bob@gmail.com', 'toto1234']],
    ['bob100@hbtn.io:H0lberton:School:98!', ['bob100@hbtn.io', 'H0lberton:School:98!']],
    [':', ['', '']],
    [':x', ['', 'x']],
    ['x:', ['x', '']],
  ];
  for (const [decoded, expected] of table) {
    it(`makes ${JSON.stringify(expected)} of ${JSON.stringify(decoded)}`, () => {
      expect(auth.extractUserCredentials(decoded)).to.deep.equal(expected);
    });
  }
});

describe('BasicAuth with users', () => {
  beforeEach(() => {
    useEmptyStore();
    useFastHasher();
  });

  it('finds the user whom both email and password belong to, and nobody else', async () => {
    const user = await makeUser({ password: 'secret', first_name: 'Bob', last_name: 'Dylan' });

    const wrong = [
      await auth.userObjectFromCredentials(null, null),
      await auth.userObjectFromCredentials(89, 98),
      await auth.userObjectFromCredentials('nobody@hbtn.io', 'secret'),
      await auth.userObjectFromCredentials(user.email, 'wrong'),
      await auth.userObjectFromCredentials(user.email, null),
      await auth.userObjectFromCredentials(user.email, ''),
    ];
    const right = await auth.userObjectFromCredentials(user.email, 'secret');

    expect(wrong).to.deep.equal(Array(6).fill(null));
    expect(right?.id).to.equal(user.id);
    expect(right?.displayName()).to.equal('Bob Dylan');
  });

  it('finds nobody for a user without a password', async () => {
    const user = await makeUser();
    await user.setPassword(null);
    await user.save();

    expect(await auth.userObjectFromCredentials(user.email, '')).to.equal(null);
    expect(await auth.userObjectFromCredentials(user.email, 'null')).to.equal(null);
  });

  it('takes the bytes of the header for UTF-8', async () => {
    const user = await makeUser({ email: 'zoë@hbtn.io', password: 'pässword' });

    const found = await auth.currentUser(
      requestWith({ authorization: `Basic ${base64('zoë@hbtn.io:pässword')}` }),
    );

    expect(found?.id).to.equal(user.id);
  });

  for (const authorization of ['Test', 'Basic', 'Basic ', 'Basic test', 'Basic SG9sYmVydG9u', 'Basic Og==']) {
    it(`knows nobody by the header "${authorization}"`, async () => {
      expect(await auth.currentUser(requestWith({ authorization }))).to.equal(null);
    });
  }

  it('knows nobody without a request or a header', async () => {
    expect(await auth.currentUser()).to.equal(null);
    expect(await auth.currentUser(requestWith({ cookie: '_my_session_id=x' }))).to.equal(null);
  });
});

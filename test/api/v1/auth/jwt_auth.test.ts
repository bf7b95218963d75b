import { createPublicKey, verify } from 'node:crypto';
import { expect } from 'chai';
import { JwtAuth } from '../../../../api/v1/auth/jwt_auth.js';
import { JwtKeys } from '../../../../api/v1/auth/jwt_keys.js';
import { Keys, Subkey } from '../../../../api/services/keys.js';
import { UserSession } from '../../../../models/user_session.js';
import {
  buildApp,
  cookie,
  login,
  makeUser,
  requestWith,
  sessionIdIn,
  statusOf,
  type TestApp,
} from '../../../support/app.js';
import { FOREIGN_KEY, Forge } from '../../../support/jwt.js';
import type { User } from '../../../../models/user.js';

const OPTIONS = {
  cookieName: 'c',
  idleSeconds: 0,
  sessionDuration: 60,
  issuer: 'gatehouse',
  audience: 'gatehouse',
};

describe('a token of jwt_auth', () => {
  let app: TestApp;
  let user: User;
  let token: string;
  let forge: Forge;
  beforeEach(async () => {
    app = buildApp({ authType: 'jwt_auth', env: { SESSION_DURATION: '3600' } });
    user = await makeUser();
    token = await login(app, user);
    forge = new Forge(token, app.keys);
  });

  it('V9.2.1 says what it is, whose, from whom, for whom and how long', async () => {
    const now = app.clock.now / 1000;
    const [session] = await UserSession.all();

    expect(forge.header).to.have.all.keys('alg', 'typ', 'kid');
    expect(forge.header).to.include({ alg: 'EdDSA', typ: 'session+jwt' });
    expect(forge.payload).to.deep.include({ iss: 'gatehouse', aud: 'gatehouse', sub: user.id });
    expect(forge.payload).to.deep.include({ iat: now, nbf: now, exp: now + 3601 });
    expect(forge.payload['jti']).to.match(/^[\w-]{32}$/);
    expect(session?.toRecord()).not.to.include({ session_id: forge.payload['jti'] });
    expect(JSON.stringify(session?.toRecord())).not.to.include(forge.signature);
  });

  it('V3.3.5 fits into a cookie with much to spare', () => {
    expect(`${app.config.sessionName}=${token}`).to.have.length.below(1024);
  });

  it('opens the API in the cookie and as Bearer, which comes first', async () => {
    const other = await login(app, await makeUser());
    const me = async (headers: Record<string, string>) =>
      (await app.request().get('/api/v1/users/me').set(headers)).body.id as string | undefined;

    expect(await me(cookie(app, token))).to.equal(user.id);
    expect(await me({ Authorization: `Bearer ${token}` })).to.equal(user.id);
    expect(await me({ Authorization: `bearer  ${token}` })).to.equal(user.id);
    expect(await me({ Authorization: `Bearer ${token}`, ...cookie(app, other) })).to.equal(user.id);
    expect(await me({ Authorization: 'Basic eA==', ...cookie(app, token) })).to.equal(user.id);
  });

  it('is worth nothing after logout by either way, although its signature is good', async () => {
    const bearer = { Authorization: `Bearer ${token}` };
    const { status } = await app.request().get('/auth/status').set(bearer);
    const { body } = await app.request().delete('/api/v1/auth_session/logout').set(bearer);

    expect([status, body]).to.deep.equal([200, {}]);
    expect(await statusOf(app, token)).to.equal(403);
  });

  it('is refused by an account that is disabled since', async () => {
    user.disabled = true;
    await user.save();

    expect(await statusOf(app, token)).to.equal(403);
  });

  it('ends when it says so, also when it was seen before', async () => {
    await statusOf(app, token);
    app.clock.advance(3600);
    const atTheEnd = await statusOf(app, token);
    app.clock.advance(1);

    expect([atTheEnd, await statusOf(app, token)]).to.deep.equal([200, 403]);
  });

  it('V9.2.1 ends at its own time, although its signature was checked and its session goes on', async () => {
    const shorter = forge.signed({}, { exp: app.clock.now / 1000 + 10 });
    const before = await statusOf(app, shorter);
    app.clock.advance(10);

    expect([before, await statusOf(app, shorter), await statusOf(app, token)]).to.deep.equal([200, 403, 200]);
  });

  it('is not good before its time', async () => {
    const later = forge.signed({}, { nbf: app.clock.now / 1000 + 10 });

    const early = await statusOf(app, later);
    app.clock.advance(10);

    expect([early, await statusOf(app, later)]).to.deep.equal([403, 200]);
  });

  const now = (): number => app.clock.now / 1000;
  const refused: readonly (readonly [what: string, make: () => string])[] = [
    ['V9.1.2 alg none and no signature (RFC 7519, 6.1)', () => forge.withSignature({ alg: 'none' }, {}, '')],
    [
      'V9.1.2 alg none and the old signature',
      () => forge.withSignature({ alg: 'none' }, {}, forge.signature),
    ],
    ['V9.1.2 alg NONE', () => forge.withSignature({ alg: 'NONE' }, {}, '')],
    ['V9.1.2 no signature', () => forge.withSignature({}, {}, '')],
    ['V9.1.2 HMAC under the public key (RFC 8725, 2.1)', () => hmacUnderPublicKey()],
    ['V9.1.2 alg ES256', () => forge.signed({ alg: 'ES256' }, {})],
    ['V9.1.2 alg Ed448', () => forge.signed({ alg: 'Ed448' }, {})],
    ['V9.1.2 no alg', () => forge.signed({ alg: undefined }, {})],
    ["V9.1.3 another's key under our kid", () => forge.signed({}, {}, FOREIGN_KEY)],
    ['V9.1.3 a key in the header (jwk)', () => forge.signed({ jwk: foreignJwk() }, {}, FOREIGN_KEY)],
    ['V9.1.3 a key in the header, signed by us', () => forge.signed({ jwk: foreignJwk() }, {})],
    ['V9.1.3 a key elsewhere (jku)', () => forge.signed({ jku: 'https://evil.example/jwks' }, {})],
    ['V9.1.3 a certificate elsewhere (x5u)', () => forge.signed({ x5u: 'https://evil.example/x5u' }, {})],
    ['V9.1.3 an unknown kid', () => forge.signed({ kid: 'another' }, {})],
    ['V9.1.3 a kid that is a path', () => forge.signed({ kid: '../../keys.json' }, {})],
    ['V9.1.3 no kid', () => forge.signed({ kid: undefined }, {})],
    ['a critical extension (RFC 7515, 4.1.11)', () => forge.signed({ crit: ['exp'] }, {})],
    ['an unencoded payload (RFC 7797)', () => forge.signed({ b64: false, crit: ['b64'] }, {})],
    ['V9.2.2 another typ', () => forge.signed({ typ: 'JWT' }, {})],
    ['V9.2.2 no typ', () => forge.signed({ typ: undefined }, {})],
    ['V9.2.3 another audience', () => forge.signed({}, { aud: 'another' })],
    ['V9.2.3 no audience', () => forge.signed({}, { aud: undefined })],
    ['V9.2.4 another issuer', () => forge.signed({}, { iss: 'another' })],
    ['V9.2.4 no issuer', () => forge.signed({}, { iss: undefined })],
    ['no exp', () => forge.signed({}, { exp: undefined })],
    ['an exp that is no number', () => forge.signed({}, { exp: '9999999999' })],
    ['V9.2.1 an exp that is now', () => forge.signed({}, { exp: now() })],
    ['no nbf', () => forge.signed({}, { nbf: undefined })],
    ['no iat', () => forge.signed({}, { iat: undefined })],
    ['no jti', () => forge.signed({}, { jti: undefined })],
    ['a jti that is no text', () => forge.signed({}, { jti: [forge.payload['jti']] })],
    ['an unknown jti', () => forge.signed({}, { jti: 'A'.repeat(32) })],
    ['no sub', () => forge.signed({}, { sub: undefined })],
    ["another's sub", () => forge.signed({}, { sub: 'another' })],
    ['a header that is no JSON', () => `${'e30'.slice(1)}.${token.split('.')[1]}.${forge.signature}`],
    ['four parts', () => `${token}.x`],
    ['five parts (an encrypted one)', () => `${token}.x.y`],
    ['two parts', () => token.split('.').slice(0, 2).join('.')],
    ['the session id alone', () => sessionIdIn(token)],
    ['nothing', () => ''],
    ['more than 4,096 characters', () => forge.signed({}, { padding: 'x'.repeat(4096) })],
    ['a padded signature', () => `${token}==`],
  ];
  function foreignJwk() {
    return createPublicKey(FOREIGN_KEY).export({ format: 'jwk' });
  }
  function hmacUnderPublicKey(): string {
    const { publicKey } = new JwtKeys(app.keys.subkey('jwt')).current;
    return forge.hmac({ alg: 'HS256' }, {}, publicKey.export({ format: 'pem', type: 'spki' }));
  }
  for (const [what, make] of refused) {
    it(what.replace(/^(V[\d.]+ )?/, '$1is refused with '), async () => {
      const forged = make();

      expect(await statusOf(app, forged)).to.equal(403);
      const { status } = await app.request().get('/auth/status').set('Authorization', `Bearer ${forged}`);
      expect(status).to.equal(401);
      expect(await statusOf(app, token), 'the real one is still good').to.equal(200);
    });
  }

  it('is let through when it is put together by hand as it was, so that the refusals prove something', async () => {
    expect(await statusOf(app, forge.signed({}, {}))).to.equal(200);
  });

  it('V9.1.1 is refused with any one character changed', async () => {
    const others = [];
    for (let at = 0; at < token.length; at += 1) {
      // The last character of a part has bits that do not count; those of others do.
      if (token[at] === '.' || token[at + 1] === '.' || at === token.length - 1) continue;
      others.push(`${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`);
    }

    const auth = app.auth?.sessions;
    const opened = await Promise.all(others.map(async (other) => auth?.userIdForSessionId(other)));

    expect(opened.filter((id) => id !== null)).to.deep.equal([]);
    expect(others.length).to.be.above(300);
  });
});

describe('the keys of jwt_auth', () => {
  const [old, current] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];

  it('are named by their thumbprint (RFC 8037, A.3)', () => {
    const d = FOREIGN_KEY.export({ format: 'jwk' }).d ?? '';
    const keys = new JwtKeys(new Subkey([Buffer.from(d, 'base64url')]));

    expect(keys.current.kid).to.equal('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
    expect(keys.current.jwk).to.include({ x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' });
  });

  it('are rotated by adding one: the newest signs, and what an old one signed stays good', async () => {
    buildApp({ authType: null });
    const before = new JwtAuth({ ...OPTIONS, key: new Keys([old]).subkey('jwt') });
    const after = new JwtAuth({ ...OPTIONS, key: new Keys([current, old]).subkey('jwt') });
    const without = new JwtAuth({ ...OPTIONS, key: new Keys([current]).subkey('jwt') });
    const user = await makeUser();

    const oldToken = await before.createSession(user.id);
    const newToken = await after.createSession(user.id);

    const opens = async (auth: JwtAuth, token: string | null) =>
      (await auth.userIdForSessionId(token)) !== null;
    expect(await opens(after, oldToken)).to.equal(true);
    expect(await opens(after, newToken)).to.equal(true);
    expect(await opens(before, newToken)).to.equal(false);
    expect(await opens(without, oldToken)).to.equal(false);
  });

  it('are shown to the world, without their secrets, and verify a token by themselves', async () => {
    const app = buildApp({ authType: 'jwt_auth' });
    const token = await login(app, await makeUser());

    const response = await app.request().get('/.well-known/jwks.json');

    expect(response.status).to.equal(200);
    expect(response.get('Cache-Control')).to.equal('public, max-age=300');
    const [key] = response.body.keys;
    expect(key).to.have.all.keys('kty', 'crv', 'x', 'kid', 'use', 'alg');
    const [header = '', payload = '', signature = ''] = token.split('.');
    const data = Buffer.from(`${header}.${payload}`);
    const publicKey = createPublicKey({ key, format: 'jwk' });
    expect(verify(null, data, publicKey, Buffer.from(signature, 'base64url'))).to.equal(true);
  });

  for (const authType of ['session_db_auth', 'basic_auth'] as const) {
    it(`are not there under ${authType}`, async () => {
      const { status } = await buildApp({ authType }).request().get('/.well-known/jwks.json');

      expect(status).to.equal(401);
    });
  }

  it('do not decide alone: the session is looked up however often the signature was checked', async () => {
    buildApp({ authType: null });
    const auth = new JwtAuth(OPTIONS);
    const user = await makeUser();
    const token = await auth.createSession(user.id);
    const request = requestWith({ cookie: `c=${token}` });

    expect((await auth.currentUser(request))?.id).to.equal(user.id);
    expect(await auth.destroySession(request)).to.equal(true);
    expect(await auth.currentUser(request)).to.equal(null);
  });
});

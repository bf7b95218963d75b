import { expect } from 'chai';
import { buildApp, SESSION_SCHEMES } from '../../support/app.js';
import {
  ENV,
  LISTED,
  LOGIN,
  logInWith,
  LOGOUT,
  OWN,
  REFUSAL,
  site,
  type Headers,
} from '../../support/sites.js';

/** What a login that comes with these headers is answered; nothing else of it matters. */
const TABLE: readonly (readonly [Headers, number])[] = [
  [{}, 200],
  [site('same-origin', OWN), 200],
  [site('same-origin'), 200],
  [site('none'), 200],
  [site('same-site', 'http://other.gate.example'), 403],
  [site('same-site'), 403],
  [site('same-site', LISTED), 200],
  [site('cross-site', 'https://evil.example'), 403],
  [site('cross-site', 'null'), 403],
  [site('cross-site'), 403],
  [site('cross-site', OWN), 403],
  [site('cross-site', LISTED), 200],
  [site('cross-site', `${LISTED}:444`), 403],
  [site('cross-site', `${LISTED}.evil.example`), 403],
  [site('Same-Origin'), 403],
  [site('same-origin, cross-site'), 403],
  [site('anything'), 403],
  [site(''), 403],
  [{ Origin: OWN }, 200],
  [{ Origin: LISTED }, 200],
  [{ Origin: 'null' }, 403],
  [{ Origin: '' }, 403],
  [{ Origin: '*' }, 403],
  [{ Origin: 'https://evil.example' }, 403],
  [{ Origin: 'https://gate.example:5000' }, 403],
  [{ Origin: 'http://gate.example' }, 403],
  [{ Origin: 'http://gate.example:5001' }, 403],
  [{ Origin: 'http://gate.example:5000.evil.example' }, 403],
  [{ Origin: `${OWN}/` }, 403],
  [{ Origin: `${OWN}, ${LISTED}` }, 403],
  [{ Origin: 'http://evil@gate.example:5000' }, 403],
  [{ Origin: 'HTTP://GATE.EXAMPLE:5000' }, 403],
];

for (const authType of SESSION_SCHEMES) {
  describe(`V3.5.1 the course login under ${authType}`, () => {
    for (const [headers, expected] of TABLE) {
      it(`is answered ${expected} for ${JSON.stringify(headers)}`, async () => {
        expect(await logInWith(buildApp({ authType, env: ENV }), headers)).to.equal(expected);
      });
    }
  });
}

describe('V3.5.1 the same-origin check', () => {
  it('takes * for a list of nobody', async () => {
    const app = buildApp({ authType: 'session_auth' });

    for (const headers of [
      site('cross-site', LISTED),
      site('same-site', LISTED),
      { Origin: LISTED },
      { Origin: '*' },
    ])
      expect(await logInWith(app, headers)).to.equal(403);
  });

  for (const [name, origin, expected] of [
    ['https behind the proxy', 'https://gate.example', 200],
    ['its default port', 'https://gate.example:443', 403],
    ['our own http', 'http://gate.example', 403],
    ['the name that the proxy uses for us', 'https://inner:5000', 403],
  ] as const) {
    it(`compares with the origin that browsers see: ${name} is ${expected}`, async () => {
      const app = buildApp({ authType: 'session_auth', env: { TRUST_PROXY: '1' } });
      const forwarded = {
        'X-Forwarded-Proto': 'https',
        'X-Forwarded-Host': 'gate.example',
        Host: 'inner:5000',
      };

      expect(await logInWith(app, { ...forwarded, Origin: origin })).to.equal(expected);
    });
  }

  it('does not believe a forwarded host of a stranger', async () => {
    const app = buildApp({ authType: 'session_auth' });

    expect(
      await logInWith(app, { 'X-Forwarded-Host': 'evil.example', Origin: 'http://evil.example' }),
    ).to.equal(403);
  });

  const FORGED = site('cross-site', 'https://evil.example');
  for (const method of ['post', 'put', 'patch', 'delete'] as const) {
    for (const path of [
      '/auth/login',
      '/auth/logout',
      '/auth',
      '/login',
      '/nope',
      LOGIN,
      `${LOGIN}/`,
      LOGOUT,
    ]) {
      it(`refuses ${method} ${path} from elsewhere, without a cookie too`, async () => {
        for (const authType of [null, 'session_auth'] as const) {
          const response = await buildApp({ authType }).request()[method](path).set(FORGED);

          expect([response.status, response.body]).to.deep.equal([403, REFUSAL]);
        }
      });
    }
  }

  for (const method of ['get', 'head', 'options'] as const) {
    it(`lets ${method} through`, async () => {
      const response = await buildApp({ authType: null }).request()[method]('/auth/login').set(FORGED);

      expect(response.status).to.be.oneOf([200, 405]);
    });
  }

  for (const [what, type, body] of [
    ['JSON in text/plain', 'text/plain', '{"email":"a@b.c","password":"x"}'],
    ['a multipart form', 'multipart/form-data; boundary=x', '--x\r\n\r\n--x--'],
    ['a form', 'application/x-www-form-urlencoded', 'email=a%40b.c&password=x'],
    ['JSON', 'application/json', '{"email":"a@b.c","password":"x"}'],
    ['a form with a token of its own', 'application/x-www-form-urlencoded', `_csrf=${'A'.repeat(64)}`],
    ['nothing', '', ''],
  ] as const) {
    it(`V3.5.2 refuses ${what} from elsewhere, before it is read`, async () => {
      for (const from of [FORGED, { Origin: 'null' }, site('same-site', 'https://evil.gate.example')]) {
        const app = buildApp({ authType: 'session_auth' });

        const response = await app.request().post(LOGIN).set(from).set('Content-Type', type).send(body);

        expect([response.status, response.body]).to.deep.equal([403, REFUSAL]);
      }
    });
  }
});

import { expect } from 'chai';
import { buildApp, SETTINGS } from '../../support/app.js';

const POLICY =
  "default-src 'none';style-src 'self';img-src 'self';form-action 'self';frame-ancestors 'none';base-uri 'none'";
const EXPECTED = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};
/** What browsers complain about on plain http, or obey to the reader's harm. */
const HTTPS_ONLY = ['strict-transport-security', 'cross-origin-opener-policy'];

const REQUESTS = [
  ['get', '/api/v1/status'],
  ['get', '/api/v1/users'],
  ['get', '/nope'],
  ['post', '/api/v1/auth_session/login'],
  ['patch', '/api/v1/status'],
  ['options', '/api/v1/users'],
] as const;

for (const authType of SETTINGS) {
  describe(`the security headers under ${authType ?? 'no scheme'}`, () => {
    for (const [method, path] of REQUESTS) {
      it(`V3.4.3 to V3.4.6, V3.5.8 are on ${method} ${path}, and no others are`, async () => {
        const app = buildApp({ authType });

        const { headers } = await app.request()[method](path);

        expect(headers).to.include(EXPECTED);
        for (const name of [...HTTPS_ONLY, 'x-powered-by', 'server'])
          expect(headers).not.to.have.property(name);
      });
    }
  });
}

describe('the security headers', () => {
  it('V3.4.3 allow no script, and do not send plain http to https', () => {
    expect(POLICY).not.to.match(/unsafe|script-src|upgrade-insecure-requests/);
  });

  it('V3.4.1, V3.4.8 tell to stay with https for a year and keep windows apart, over https', async () => {
    const app = buildApp({ authType: null, env: { TRUST_PROXY: '1' } });

    const https = await app.request().get('/nope').set('X-Forwarded-Proto', 'https');
    const http = await app.request().get('/nope').set('X-Forwarded-Proto', 'http');

    expect(https.headers).to.include({
      ...EXPECTED,
      'strict-transport-security': 'max-age=31536000',
      'cross-origin-opener-policy': 'same-origin',
      'content-security-policy': `${POLICY};upgrade-insecure-requests`,
    });
    for (const name of HTTPS_ONLY) expect(http.headers).not.to.have.property(name);
  });

  it('V3.4.1 do not tell so because a stranger claims https', async () => {
    const app = buildApp({ authType: null });

    const { headers } = await app.request().get('/nope').set('X-Forwarded-Proto', 'https');

    expect(headers).not.to.have.property('strict-transport-security');
  });

  it('leave what CORS allows readable', async () => {
    const { headers } = await buildApp({ authType: null })
      .request()
      .get('/api/v1/status')
      .set('Origin', 'https://a.b');

    // CORP is not looked at for requests with CORS; this is what they go by.
    expect(headers['access-control-allow-origin']).to.equal('*');
  });
});

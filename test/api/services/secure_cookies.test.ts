import { expect } from 'chai';
import { buildApp, login, makeUser, type TestApp } from '../../support/app.js';

async function logInTwice(app: TestApp, headers: Readonly<Record<string, string>> = {}): Promise<string[]> {
  const user = await makeUser();
  await login(app, user, headers);
  await login(app, user, headers);
  return app.lines.filter((line) => !line.includes('"level":30'));
}

describe('COOKIE_SECURE=on over plain http', () => {
  it('is one line in the log, which names cause and cure', async () => {
    const lines = await logInTwice(buildApp({ authType: 'session_auth', env: { COOKIE_SECURE: 'on' } }));

    expect(lines).to.have.length(1);
    expect(lines[0]).to.include('"level":40').and.to.include('plain http');
    expect(lines[0]).to.include('TRUST_PROXY').and.to.include('COOKIE_SECURE=auto');
  });

  it('is none behind a trusted proxy that speaks https', async () => {
    const env = { COOKIE_SECURE: 'on', TRUST_PROXY: '1' };

    const lines = await logInTwice(buildApp({ authType: 'session_auth', env }), {
      'X-Forwarded-Proto': 'https',
    });

    expect(lines).to.deep.equal([]);
  });

  it('is none where no cookie is set', async () => {
    const app = buildApp({ authType: 'session_auth', env: { COOKIE_SECURE: 'on' } });

    await app.request().get('/api/v1/status');
    await app.request().post('/auth/login');

    expect(app.lines.filter((line) => !line.includes('"level":30'))).to.deep.equal([]);
  });
});

describe('COOKIE_SECURE=auto', () => {
  for (const [setting, expected] of [
    ['1', true],
    ['loopback', true],
    ['0', false],
    ['10.0.0.1', false],
  ] as const) {
    it(`is ${expected ? '' : 'not '}Secure for X-Forwarded-Proto: https with TRUST_PROXY=${setting}`, async () => {
      const app = buildApp({ authType: 'session_auth', env: { TRUST_PROXY: setting } });
      const { email } = await makeUser({ password: 'pw' });

      const response = await app
        .request()
        .post('/api/v1/auth_session/login')
        .set('X-Forwarded-Proto', 'https')
        .type('form')
        .send({ email, password: 'pw' });

      expect(/; Secure/.test(response.get('Set-Cookie')?.[0] ?? '')).to.equal(expected);
    });
  }
});

import { expect } from 'chai';
import { ConfigError, loadConfig } from '../../api/config.js';

const PRODUCTION = { NODE_ENV: 'production', AUTH_TYPE: 'session_db_auth', TRUST_PROXY: '1' };

function problemsOf(env: Readonly<Record<string, string>>): readonly string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const [head, ...problems] = error.message.split('\n');
    expect(head).to.equal('The configuration cannot be used:');
    return problems.map((problem) => problem.replace('  - ', ''));
  }
  return [];
}

describe('a configuration that cannot be used', () => {
  const BAD: Readonly<Record<string, readonly string[]>> = {
    API_PORT: ['-1', '65536', '80.5', 'http', '0x50', '5e3', '1 2', '９'],
    AUTH_TYPE: ['none', 'Basic_auth', 'basic', 'session_auth,auth', '__proto__', 'constructor'],
    SESSION_NAME: ['a b', 'a=b', 'a;b', 'a,b', '"a"', 'ä', '(a)'],
    SESSION_IDLE: ['-1', '1.5', 'long', '2592001'],
    ALLOW_HTTP: ['yes', 'true', '2'],
    TRUST_PROXY: [
      '-1',
      '17',
      'yes',
      'proxy.example',
      '10.0.0.0/33',
      '0.0.0.0/0',
      '10.1',
      '0x7f000001',
      '*',
      '1,',
    ],
    COOKIE_SECURE: ['yes', 'ON', 'true', '1'],
    CORS_ORIGINS: ['app.example', 'https://a.example/', 'https://a.example/x'],
    LOGIN_ERRORS: ['none', 'Uniform'],
    USERS_READABLE: ['none', 'self'],
    PASSWORD_MIN: ['0', '7', '257', '-8', 'eight'],
    SERVICE_NAME: ['x'.repeat(65), 'a\u202Eb', 'a\u200Bb'],
    REGISTRATION: ['yes', 'Closed'],
    SCRYPT_COST: [
      '15',
      '15,8',
      '15,8,3,1',
      '0,8,1',
      '19,8,1',
      '15,0,3',
      '15,8,0',
      '18,8,16',
      'a,b,c',
      '15;8;3',
    ],
    SCRYPT_QUEUE: ['0', '-1', '10001', 'many'],
    AUDIT_DAYS: ['0', '-1', '3651', '1.5', 'all'],
    AUDIT_MAX_MB: ['0', '-1', '10001', '1e2', '100MB'],
    LOG_LEVEL: ['loud', 'INFO'],
    SCRYPT_THREADS: ['0', '1025', 'x'],
    STORAGE_DIR: [import.meta.filename, `${import.meta.filename}/folder`, '/dev/null/x'],
  };
  for (const [name, values] of Object.entries(BAD)) {
    for (const value of values) {
      it(`names ${name} for ${value.replace(import.meta.dirname, '')}`, () => {
        const problems = problemsOf({ [name]: value });

        expect(problems).to.have.length(1);
        expect(problems[0])
          .to.match(new RegExp(`^${name}\\b`))
          .and.to.include(value);
        expect(problemsOf({ ...PRODUCTION, [name]: value })).to.have.length(1);
      });
    }
  }

  for (const url of [
    'secret-text',
    'postgres://u:secret-text@h/d',
    'redis+other://:secret-text@h',
    'redis://:secret-text@h:99999',
    'redis+sentinel://:secret-text@h',
  ]) {
    it(`names SESSION_STORAGE_URL for ${url}, and shows no word of a password`, () => {
      const problems = problemsOf({ SESSION_STORAGE_URL: url });

      expect(problems).to.have.length(1);
      expect(problems[0])
        .to.match(/^SESSION_STORAGE_URL\b/)
        .and.not.to.include('secret-text');
    });
  }

  for (const url of [
    'secret-text',
    'file:/secret-text',
    'http://u:secret-text@h/d',
    'mysql://u:secret-text@h/d',
    'postgres://u:secret-text@h',
    'postgres://u:secret-text@h:99999/d',
    'postgres://u:secret-text@h/d?sslmode=maybe',
  ]) {
    it(`names STORAGE_URL for ${url}, and shows no word of a password`, () => {
      const problems = problemsOf({ STORAGE_URL: url });

      expect(problems).to.have.length(1);
      expect(problems[0])
        .to.match(/^STORAGE_URL\b/)
        .and.not.to.include('secret-text');
    });
  }

  for (const origins of [
    'null',
    '*,https://a.example',
    'https://a.example,',
    'none,https://a.example',
    'about:blank',
  ]) {
    it(`names CORS_ORIGINS for ${origins}`, () => {
      expect(problemsOf({ CORS_ORIGINS: origins })[0]).to.match(/^CORS_ORIGINS must be/);
    });
  }

  for (const name of ['__Host-session', '__Secure-session', '__host-session']) {
    it(`names SESSION_NAME for ${name} without Secure`, () => {
      expect(problemsOf({ SESSION_NAME: name })[0]).to.match(/^SESSION_NAME .*COOKIE_SECURE=on/);
      expect(problemsOf({ SESSION_NAME: name, COOKIE_SECURE: 'off' })).to.have.length(1);
      expect(problemsOf({ SESSION_NAME: name, COOKIE_SECURE: 'on' })).to.deep.equal([]);
    });
  }

  for (const value of ['off', 'auto']) {
    it(`has COOKIE_SECURE=${value} beside the cookie name of production`, () => {
      expect(problemsOf({ ...PRODUCTION, COOKIE_SECURE: value })[0]).to.include('COOKIE_SECURE=on');
    });
  }

  for (const authType of [{}, { AUTH_TYPE: '' }]) {
    it(`is open in production: ${JSON.stringify(authType)}`, () => {
      const problems = problemsOf({ NODE_ENV: 'production', TRUST_PROXY: '1', ...authType });

      expect(problems).to.have.length(1);
      expect(problems[0]).to.match(/^AUTH_TYPE must be set in production/);
    });
  }

  for (const cost of ['12,8,30', '14,8,1', '15,8,2', '17,7,1', '13,8,9']) {
    it(`PS cost: has SCRYPT_COST=${cost} in production, weaker than OWASP's list`, () => {
      expect(problemsOf({ ...PRODUCTION, SCRYPT_COST: cost })[0]).to.match(/^SCRYPT_COST .*OWASP/);
      expect(problemsOf({ SCRYPT_COST: cost })).to.deep.equal([]);
    });
  }

  for (const cost of ['13,8,10', '14,8,5', '15,8,3', '16,8,2', '17,8,1', '18,8,1']) {
    it(`does not have SCRYPT_COST=${cost}`, () => {
      expect(problemsOf({ ...PRODUCTION, SCRYPT_COST: cost })).to.deep.equal([]);
    });
  }

  it('is told with all that is wrong with it', () => {
    const bad = Object.fromEntries(Object.entries(BAD).map(([name, [value]]) => [name, value ?? '']));

    const named = problemsOf({ ...bad, SESSION_DURATION: '1abc', NODE_ENV: 'production' }).map(
      (problem) => /^\w+/.exec(problem)?.[0],
    );

    expect(named).to.have.members([...Object.keys(BAD), 'SESSION_DURATION']);
  });
});

describe('warnings about the configuration', () => {
  it('are none for a scheme and good values', () => {
    expect(loadConfig({ AUTH_TYPE: 'session_auth', SESSION_DURATION: '60' }).warnings).to.deep.equal([]);
    expect(loadConfig(PRODUCTION).warnings).to.deep.equal([]);
  });

  for (const env of [{}, { AUTH_TYPE: '' }] as Record<string, string>[]) {
    it(`say that the API is open: ${JSON.stringify(env)}`, () => {
      expect(loadConfig(env).warnings).to.have.length(1);
      expect(loadConfig(env).warnings[0]).to.match(/AUTH_TYPE is not set: the API is open/);
    });
  }

  for (const value of ['1abc', '1.5', '', 'sixty', '1e3', '0x10', '60s', '--5']) {
    it(`say that SESSION_DURATION=${value} is no whole number, and take 0`, () => {
      const { config, warnings } = loadConfig({ AUTH_TYPE: 'session_exp_auth', SESSION_DURATION: value });

      expect(config.sessionDuration).to.equal(0);
      expect(warnings).to.have.length(1);
      expect(warnings[0]).to.include('SESSION_DURATION').and.to.include(`"${value}"`);
      expect(() => loadConfig({ ...PRODUCTION, SESSION_DURATION: value })).to.throw(
        ConfigError,
        'SESSION_DURATION',
      );
    });
  }
});

import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { expect } from 'chai';
import { loadConfig, type Config } from '../../api/config.js';
import { hashesAtOnce } from '../../api/config/scrypt.js';

type Environment = Readonly<Record<string, string>>;

const PRODUCTION = { NODE_ENV: 'production', AUTH_TYPE: 'session_db_auth', TRUST_PROXY: '1' };

function configOf(env: Environment): Config {
  return loadConfig(env).config;
}

describe('the configuration', () => {
  it('has defaults that show the course', () => {
    const { scrypt, ...config } = configOf({});

    expect(config).to.deep.equal({
      production: false,
      host: '0.0.0.0',
      port: 5000,
      authType: null,
      sessionName: '_my_session_id',
      sessionDuration: 0,
      sessionIdle: 0,
      storageDir: resolve('storage'),
      storageUrl: null,
      sessionStorageUrl: null,
      keysFile: resolve('storage/keys.json'),
      appKeys: [],
      tls: null,
      trustProxy: 0,
      cookieSecure: 'auto',
      corsOrigins: '*',
      loginErrors: 'course',
      usersReadable: 'all',
      passwordMin: 8,
      coursePasswordMin: 1,
      serviceName: 'Gatehouse',
      registration: 'open',
      maxSessions: 50,
      freshSeconds: 300,
      audit: { days: 90, maxMegabytes: 100 },
      jwt: { issuer: 'gatehouse', audience: 'gatehouse' },
      logLevel: 'info',
    });
    expect(scrypt.cost).to.deep.equal({ logN: 15, r: 8, p: 3 });
    expect(scrypt.waiting).to.equal(64);
  });

  it('calls the cookie of jwt_auth by the name that tokens are known by', () => {
    const nameWith = (env: Record<string, string>) => configOf({ AUTH_TYPE: 'jwt_auth', ...env }).sessionName;

    expect(nameWith({})).to.equal('access_token_cookie');
    expect(nameWith({ ...PRODUCTION, AUTH_TYPE: 'jwt_auth' })).to.equal('__Host-access_token_cookie');
    expect(nameWith({ SESSION_NAME: 'other' })).to.equal('other');
  });

  it('has defaults for production that are safe', () => {
    const { scrypt, ...config } = configOf(PRODUCTION);

    expect(config).to.deep.equal({
      production: true,
      host: '0.0.0.0',
      port: 5000,
      authType: 'session_db_auth',
      sessionName: '__Host-session',
      sessionDuration: 43_200,
      sessionIdle: 1800,
      storageDir: resolve('storage'),
      storageUrl: null,
      sessionStorageUrl: null,
      keysFile: resolve('storage/keys.json'),
      appKeys: [],
      tls: null,
      trustProxy: 1,
      cookieSecure: 'on',
      corsOrigins: [],
      loginErrors: 'uniform',
      usersReadable: 'own',
      passwordMin: 15,
      coursePasswordMin: 15,
      serviceName: 'Gatehouse',
      registration: 'open',
      maxSessions: 50,
      freshSeconds: 300,
      audit: { days: 90, maxMegabytes: 100 },
      jwt: { issuer: 'gatehouse', audience: 'gatehouse' },
      logLevel: 'info',
    });
    expect(scrypt.cost).to.deep.equal({ logN: 15, r: 8, p: 3 });
    expect(scrypt.waiting).to.equal(64);
  });

  const settings: readonly (readonly [string, string, keyof Config, unknown])[] = [
    ['API_HOST', '::1', 'host', '::1'],
    ['API_PORT', '0', 'port', 0],
    ['API_PORT', '65535', 'port', 65_535],
    ['AUTH_TYPE', 'auth', 'authType', 'auth'],
    ['AUTH_TYPE', ' basic_auth ', 'authType', 'basic_auth'],
    ['AUTH_TYPE', 'session_auth', 'authType', 'session_auth'],
    ['AUTH_TYPE', 'session_exp_auth', 'authType', 'session_exp_auth'],
    ['AUTH_TYPE', 'session_db_auth', 'authType', 'session_db_auth'],
    ['SESSION_NAME', 'other-name', 'sessionName', 'other-name'],
    ['JWT_ISSUER', 'https://gate.example', 'jwt', { issuer: 'https://gate.example', audience: 'gatehouse' }],
    ['JWT_AUDIENCE', 'apps', 'jwt', { issuer: 'gatehouse', audience: 'apps' }],
    ['SESSION_DURATION', '60', 'sessionDuration', 60],
    ['SESSION_DURATION', '0', 'sessionDuration', 0],
    ['SESSION_DURATION', '-60', 'sessionDuration', 0],
    ['SESSION_DURATION', '+60', 'sessionDuration', 60],
    ['SESSION_IDLE', '0', 'sessionIdle', 0],
    ['SESSION_IDLE', '2592000', 'sessionIdle', 2_592_000],
    ['STORAGE_DIR', 'dist/data', 'storageDir', resolve('dist/data')],
    ['STORAGE_URL', 'file:', 'storageUrl', null],
    ['SESSION_STORAGE_URL', 'redis://r:6380/1', 'sessionStorageUrl', 'redis://r:6380/1'],
    ['SESSION_STORAGE_URL', 'rediss+cluster://u:p@r1,r2', 'sessionStorageUrl', 'rediss+cluster://u:p@r1,r2'],
    [
      'SESSION_STORAGE_URL',
      'redis+sentinel://s1,s2/main',
      'sessionStorageUrl',
      'redis+sentinel://s1,s2/main',
    ],
    ['STORAGE_URL', ' postgres://u:p@db/gate ', 'storageUrl', 'postgres://u:p@db/gate'],
    [
      'STORAGE_URL',
      'postgresql://u@db:5433/g?sslmode=require',
      'storageUrl',
      'postgresql://u@db:5433/g?sslmode=require',
    ],
    ['KEYS_FILE', 'dist/other.json', 'keysFile', resolve('dist/other.json')],
    ['APP_KEYS', `${'a'.repeat(32)}, ${'b'.repeat(40)}`, 'appKeys', ['a'.repeat(32), 'b'.repeat(40)]],
    ['TRUST_PROXY', '16', 'trustProxy', 16],
    ['TRUST_PROXY', '10.0.0.0/8, ::1', 'trustProxy', ['10.0.0.0/8', '::1']],
    ['TRUST_PROXY', 'loopback,uniquelocal,linklocal', 'trustProxy', ['loopback', 'uniquelocal', 'linklocal']],
    ['COOKIE_SECURE', 'on', 'cookieSecure', 'on'],
    ['CORS_ORIGINS', '*', 'corsOrigins', '*'],
    ['CORS_ORIGINS', 'none', 'corsOrigins', []],
    ['CORS_ORIGINS', 'https://a.example', 'corsOrigins', ['https://a.example']],
    ['CORS_ORIGINS', 'https://a.example, http://b:81', 'corsOrigins', ['https://a.example', 'http://b:81']],
    ['LOGIN_ERRORS', 'course', 'loginErrors', 'course'],
    ['LOGIN_ERRORS', 'uniform', 'loginErrors', 'uniform'],
    ['USERS_READABLE', 'all', 'usersReadable', 'all'],
    ['USERS_READABLE', 'own', 'usersReadable', 'own'],
    ['PASSWORD_MIN', '8', 'passwordMin', 8],
    ['PASSWORD_MIN', '8', 'coursePasswordMin', 8],
    ['PASSWORD_MIN', '256', 'passwordMin', 256],
    ['PASSWORD_MIN', '256', 'coursePasswordMin', 256],
    ['SERVICE_NAME', 'Acme Accounts', 'serviceName', 'Acme Accounts'],
    ['REGISTRATION', 'open', 'registration', 'open'],
    ['REGISTRATION', 'closed', 'registration', 'closed'],
    ['MAX_SESSIONS', '1', 'maxSessions', 1],
    ['MAX_SESSIONS', '10000', 'maxSessions', 10_000],
    ['FRESH_SECONDS', '1', 'freshSeconds', 1],
    ['FRESH_SECONDS', '86400', 'freshSeconds', 86_400],
    ['AUDIT_DAYS', '1', 'audit', { days: 1, maxMegabytes: 100 }],
    ['AUDIT_DAYS', '3650', 'audit', { days: 3650, maxMegabytes: 100 }],
    ['AUDIT_MAX_MB', '1', 'audit', { days: 90, maxMegabytes: 1 }],
    ['AUDIT_MAX_MB', '10000', 'audit', { days: 90, maxMegabytes: 10_000 }],
    ['LOG_LEVEL', 'silent', 'logLevel', 'silent'],
    ['LOG_LEVEL', 'trace', 'logLevel', 'trace'],
  ];
  for (const [name, value, key, expected] of settings) {
    it(`takes ${name}=${value}, in production too`, () => {
      expect(configOf({ [name]: value })[key]).to.deep.equal(expected);
      expect(configOf({ ...PRODUCTION, [name]: value })[key]).to.deep.equal(expected);
    });
  }

  it('has the keys file in the data folder, wherever that is', () => {
    expect(configOf({ STORAGE_DIR: 'dist/data' }).keysFile).to.equal(resolve('dist/data/keys.json'));
  });

  for (const value of ['off', 'auto'] as const) {
    it(`takes COOKIE_SECURE=${value} in production with a name that allows it`, () => {
      const env = { COOKIE_SECURE: value, SESSION_NAME: 'session' };

      expect(configOf(env).cookieSecure).to.equal(value);
      expect(configOf({ ...PRODUCTION, ...env }).cookieSecure).to.equal(value);
    });
  }

  it('takes SCRYPT_COST and SCRYPT_QUEUE', () => {
    const { scrypt } = configOf({ SCRYPT_COST: '17,8,1', SCRYPT_QUEUE: '5' });

    expect(scrypt.cost).to.deep.equal({ logN: 17, r: 8, p: 1 });
    expect(scrypt.waiting).to.equal(5);
  });

  it('hashes as many passwords at once as there are cores, in a quarter of the memory, or as SCRYPT_THREADS says', () => {
    const cost = { logN: 15, r: 8, p: 3 };
    const megabytes = 2 ** 20;

    expect(hashesAtOnce(cost, 8, 4096 * megabytes)).to.equal(8);
    expect(hashesAtOnce(cost, 8, 512 * megabytes)).to.equal(4);
    expect(hashesAtOnce({ ...cost, logN: 17 }, 8, 1024 * megabytes)).to.equal(2);
    expect(hashesAtOnce(cost, 8, 64 * megabytes)).to.equal(1);
    expect(configOf({}).scrypt.parallel).to.be.within(1, availableParallelism());
    expect(configOf({ SCRYPT_THREADS: '3' }).scrypt.parallel).to.equal(3);
  });

  it('takes an empty variable for one that is not set', () => {
    const names = ['API_HOST', 'API_PORT', 'AUTH_TYPE', 'SESSION_NAME', 'SESSION_IDLE', 'STORAGE_DIR'];
    const more = [
      'KEYS_FILE',
      'APP_KEYS',
      'TLS_CERT',
      'TLS_KEY',
      'TRUST_PROXY',
      'ALLOW_HTTP',
      'COOKIE_SECURE',
      'CORS_ORIGINS',
      'LOGIN_ERRORS',
      'PASSWORD_MIN',
      'SCRYPT_COST',
      'SERVICE_NAME',
      'AUDIT_DAYS',
      'AUDIT_MAX_MB',
      'LOG_LEVEL',
    ];
    const empty = Object.fromEntries([...names, ...more].map((name) => [name, ' ']));

    expect(configOf(empty)).to.deep.equal(configOf({}));
  });
});

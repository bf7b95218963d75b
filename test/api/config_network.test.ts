import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { ConfigError, loadConfig, type Config } from '../../api/config.js';
import { makeCertificate } from '../support/certificate.js';
import { useTempFolder } from '../support/temp_folder.js';

type Environment = Readonly<Record<string, string>>;

const PRODUCTION = { NODE_ENV: 'production', AUTH_TYPE: 'session_db_auth' };

function configOf(env: Environment): Config {
  return loadConfig(env).config;
}

function problemsOf(env: Environment): readonly string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message.split('\n').slice(1);
  }
  return [];
}

describe('TLS_CERT and TLS_KEY', () => {
  const folder = useTempFolder();

  it('are read at the start', async () => {
    const { cert, key } = await makeCertificate(folder());

    const { tls } = configOf({ TLS_CERT: cert, TLS_KEY: key });

    expect(tls).to.deep.equal({ cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') });
  });

  for (const [given, missing] of [
    ['TLS_CERT', 'TLS_KEY'],
    ['TLS_KEY', 'TLS_CERT'],
  ] as const) {
    it(`are both set or none: ${given} alone names ${missing}`, async () => {
      const { cert, key } = await makeCertificate(folder());
      const env = { [given]: given === 'TLS_CERT' ? cert : key };

      for (const more of [{}, PRODUCTION]) {
        const problems = problemsOf({ ...more, ...env });

        expect(problems).to.have.length(1);
        expect(problems[0]).to.match(new RegExp(`- ${missing} must be set beside ${given}`));
      }
    });

    it(`name ${given} when its file is missing, is a folder, or holds something else`, async () => {
      const { cert, key } = await makeCertificate(folder());
      const other = join(folder(), 'other.pem');
      await writeFile(other, '-----BEGIN NOTHING-----\n');

      for (const path of [join(folder(), 'none'), folder(), other]) {
        const problems = problemsOf({ TLS_CERT: cert, TLS_KEY: key, [given]: path });

        expect(problems).to.have.length(1);
        expect(problems[0]).to.include(`- ${given} ${path} cannot be used: `);
      }
    });
  }

  it('are named when they do not belong together', async () => {
    const { cert } = await makeCertificate(folder());
    const { key } = await makeCertificate(folder(), 'other');

    const problems = problemsOf({ TLS_CERT: cert, TLS_KEY: key });

    expect(problems).to.have.length(1);
    expect(problems[0]).to.match(/- TLS_KEY .*other\.key and TLS_CERT .*server\.crt do not belong together/);
  });
});

describe('V12.2.1 production on plain http', () => {
  const certificate = useTempFolder();

  for (const host of [undefined, '0.0.0.0', '::', '192.168.1.5', '10.0.0.1', 'example.org', '128.0.0.1']) {
    it(`is refused where everybody can reach it: API_HOST=${host ?? ''}`, () => {
      const problems = problemsOf({ ...PRODUCTION, ...(host && { API_HOST: host }) });

      expect(problems).to.have.length(1);
      for (const name of ['API_HOST', 'TLS_CERT', 'TRUST_PROXY', 'ALLOW_HTTP=1'])
        expect(problems[0]).to.include(name);
    });
  }

  for (const host of ['127.0.0.1', '127.8.9.1', '::1', 'localhost', '::ffff:127.0.0.1']) {
    it(`is fine on this machine alone: API_HOST=${host}`, () => {
      const config = configOf({ ...PRODUCTION, API_HOST: host });

      expect(config).to.include({ cookieSecure: 'on', sessionName: '__Host-session' });
    });
  }

  for (const proxy of ['1', 'loopback', '10.0.0.7']) {
    it(`is fine behind a trusted proxy: TRUST_PROXY=${proxy}`, () => {
      const config = configOf({ ...PRODUCTION, TRUST_PROXY: proxy });

      expect(config).to.include({ cookieSecure: 'on', sessionName: '__Host-session' });
    });
  }

  it('is refused with TRUST_PROXY=0 and ALLOW_HTTP=0, which are the defaults', () => {
    expect(problemsOf({ ...PRODUCTION, TRUST_PROXY: '0', ALLOW_HTTP: '0' })).to.have.length(1);
  });

  it('is allowed by ALLOW_HTTP=1, with a cookie that browsers keep then', () => {
    const env = { ...PRODUCTION, ALLOW_HTTP: '1' };

    expect(configOf(env)).to.include({ cookieSecure: 'auto', sessionName: 'session' });
    expect(configOf({ ...env, SESSION_NAME: 'mine', COOKIE_SECURE: 'off' })).to.include({
      cookieSecure: 'off',
      sessionName: 'mine',
    });
  });

  it('is not what ALLOW_HTTP=1 is about with TLS or a proxy: the strict defaults stay', async () => {
    const { cert, key } = await makeCertificate(certificate());

    for (const https of [{ TLS_CERT: cert, TLS_KEY: key }, { TRUST_PROXY: '1' }]) {
      for (const allow of [{}, { ALLOW_HTTP: '1' }]) {
        const config = configOf({ ...PRODUCTION, ...https, ...allow });

        expect(config).to.include({ cookieSecure: 'on', sessionName: '__Host-session' });
      }
    }
  });

  it('is one problem of several', () => {
    const problems = problemsOf({ NODE_ENV: 'production', SESSION_IDLE: 'long', APP_KEYS: 'short' });

    expect(problems).to.have.length(4);
  });

  it('is no matter outside production', () => {
    const { config, warnings } = loadConfig({ AUTH_TYPE: 'session_auth', ALLOW_HTTP: '1' });

    expect(config).to.include({ cookieSecure: 'auto', sessionName: '_my_session_id' });
    expect(warnings).to.deep.equal([]);
  });
});

describe('APP_KEYS', () => {
  const KEY = 'k'.repeat(32);

  for (const [value, number] of [
    ['short', 1],
    [`${KEY},${'s'.repeat(31)}`, 2],
    [`${KEY},`, 2],
    [`,${KEY}`, 1],
  ] as const) {
    it(`must have 32 characters each; the message shows none of them: ${value.length}`, () => {
      const problems = problemsOf({ APP_KEYS: value });

      expect(problems).to.have.length(1);
      expect(problems[0]).to.match(/- APP_KEYS must be keys of at least 32 characters/);
      expect(problems[0])
        .to.include(`number ${number}`)
        .and.not.to.match(/short|kkk|sss/);
    });
  }
});

import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { bundledServer } from '../support/bundle.js';
import { Child } from '../support/child.js';
import { tempFolder } from '../support/temp_storage.js';
import { ATTACKS, type Attack } from './attacks.js';
import type { Attempt, Outcome } from './support/attempts.js';
import { NaiveServer } from './support/naive_server.js';
import { Target } from './support/target.js';

/** Every attack with the requirement that it is about, and tricks that it must not leave out. */
const EXPECTED: readonly (readonly [name: string, title: string, tricks: readonly string[]])[] = [
  [
    'session_fixation',
    'V7.2.4 session fixation',
    [
      'a made-up id, then POST /auth/login',
      "a live id of the attacker's own, then POST /auth/login",
      'two cookies of one name, then POST /auth/login',
      'an id in the address as well: POST /auth/login?…',
      "a live id of the attacker's own, then POST /api/v1/auth_session/login",
      'an id seen before POST /auth/confirm',
    ],
  ],
  [
    'csrf',
    'V3.5.1 V3.5.2 CSRF from another origin',
    [
      'a form that logs her out, on another site',
      'a form that logs her out, on another site, in an old browser',
      'a form that logs her out, on another host of our domain, without a token',
      'a form that logs her in as the attacker at /auth/login',
      'the same as JSON in text/plain at /auth/login',
      'the same as multipart at /auth/login',
      'a form that logs her in as the attacker at /api/v1/auth_session/login',
      'a script that changes her password, on another site',
      'JSON as text/plain that renames her, on another site',
      "a token of the attacker's session, on another host of our domain",
    ],
  ],
  [
    'replay',
    'V7.4.1 V7.4.3 replay after the end of a session',
    [
      'the copied cookie after a logout',
      'the copied cookie after a logout from the course API',
      'the copied cookie after ending it on her list of devices',
      'the copied cookie after a change of password',
      'the copied cookie after a change of password on another device',
      'the copied cookie after deleting the account',
      'the recorded login after a change of password',
      'logins that were under way during a change of password',
    ],
  ],
  [
    'session_theft',
    'V7.2.2 session theft from a copied storage folder',
    [
      'reading her cookie or password',
      'every value of her row in UserSession.jsonl as a cookie',
      'every value of her row in User.jsonl as a cookie',
      'her password hash as the password',
      'cookies signed with keys.json',
      'tokens (jwt_auth) signed with keys.json',
    ],
  ],
  [
    'slow_request',
    'V7.4.1 bringing a session back with a slow request',
    [
      'POST /auth/confirm that outlasts a logout',
      'PUT /auth/password that outlasts a logout',
      'PUT /api/v1/users/:id that outlasts a logout',
      'POST /auth/confirm that outlasts its end by another device',
      'PUT /api/v1/users/:id that outlasts the end of the account',
    ],
  ],
  [
    'path_traversal',
    'V5.3.2 path traversal',
    [
      'the folder above, encoded, as an id and as a cookie',
      'a NUL, encoded, as an id and as a cookie',
      '10,000 characters, as an id and as a cookie',
      'GET /api/v1/status/../users',
      'new files by all these names',
    ],
  ],
  [
    'mass_assignment',
    'V8.2.3 V15.3.3 mass assignment',
    [
      '"role": "admin" in JSON when registering and logging in',
      '"role": "admin" in a form when registering and logging in',
      'id, email and dates in PUT /api/v1/users/:id',
      'a password in PUT /api/v1/users/:id',
    ],
  ],
  [
    'prototype_pollution',
    'V15.3.6 prototype pollution',
    [
      '__proto__',
      'constructor.prototype',
      'a form with __proto__[role]',
      'email and password inside __proto__ at POST /auth/login',
      '__proto__ as an id',
    ],
  ],
  [
    'open_redirect',
    'V3.7.2 open redirect',
    [
      'GET /protected, Host: evil.example',
      'GET //evil.example/protected',
      'GET /protected?next=//evil.example',
    ],
  ],
  ['timing_oracle', 'V6.3.8 timing oracle', ['unknown email and wrong password by status, headers or body']],
  [
    'brute_force',
    'V6.3.1 brute force',
    [
      '30 guesses, one after the other',
      '100 guesses at once',
      '30 guesses, each from another address, as its headers say',
      '30 guesses, with the email spelled in another way each',
      '30 guesses, in turn at all 4 doors',
      'one password for 120 accounts',
    ],
  ],
];

function tricksThat(outcome: Outcome, attempts: readonly Attempt[]): string[] {
  return attempts.filter((attempt) => attempt.outcome === outcome).map(({ trick }) => trick);
}

function attackOf(name: string): Attack {
  const attack = ATTACKS[name];
  if (!attack) throw new Error(`no attack is called ${name}`);
  return attack;
}

for (const authType of ['session_db_auth', 'jwt_auth']) {
  describe(`attacks on a server with AUTH_TYPE=${authType}`, function () {
    this.timeout(20_000);
    let folder: string;
    let server: Child;
    let target: Target;

    // One server for all of them, ended behind the last: what helpers start is ended behind the first.
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'gatehouse-test-'));
      const env = { AUTH_TYPE: authType, API_HOST: '127.0.0.1', API_PORT: '0', LOG_LEVEL: 'warn' };
      const settings = { ...env, STORAGE_DIR: folder, SCRYPT_COST: '4,8,1' };
      const variables = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
      server = new Child('env', [...variables, process.execPath, bundledServer()]);
      await server.says(/listens on/);
      const url = /http:\/\/[\d.:]+\d/.exec(server.output)?.[0] ?? '';
      target = new Target({ url, storage: folder, isDisposable: true });
    });
    after(async () => {
      await server.kill();
      await rm(folder, { recursive: true });
    });

    for (const [name, title, tricks] of EXPECTED) {
      it(`${title}: no trick gets in, and what is honest works`, async () => {
        const attempts = await attackOf(name)(target);

        expect(tricksThat('got in', attempts)).to.deep.equal([]);
        expect(tricksThat('broken', attempts)).to.deep.equal([]);
        expect(tricksThat('refused', attempts)).to.include.members([...tricks]);
        expect(tricksThat('works', attempts)).not.to.be.empty;
        // There is no login page yet.
        expect(
          tricksThat('skipped', attempts).filter((trick) => trick !== 'POST /login with next'),
        ).to.deep.equal([]);
      });
    }

    it('V7.4.1 bring no session back, nor when the server stops and writes what it has noted', async () => {
      server.process.kill('SIGTERM');
      await once(server.process, 'close');

      const text = await readFile(join(folder, 'UserSession.jsonl'), 'utf8');
      const rows = text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { id: string; deleted?: true });
      const ended = new Set<string>();
      const broughtBack = rows.filter((row) => (row.deleted ? !ended.add(row.id) : ended.has(row.id)));
      expect(ended.size).to.be.above(10);
      expect(broughtBack).to.deep.equal([]);
    });

    it('leave no error in its log', () => {
      const levels = server.lines.map((line) => (JSON.parse(line) as { level: number }).level);

      expect(Math.max(...levels)).to.be.below(50);
    });
  });
}

describe('attacks on a server that was written without a thought for them', () => {
  for (const [name, attack] of Object.entries(ATTACKS)) {
    it(`get in: ${name} would be noticed`, async () => {
      const naive = await NaiveServer.start(await tempFolder());
      const { url, storage } = naive;

      const attempts = await attack(new Target({ url, storage, isDisposable: true }));
      await naive.close();

      const [gotIn, refused] = [tricksThat('got in', attempts), tricksThat('refused', attempts)];
      expect(gotIn.length).to.be.above(refused.length);
    });
  }
});

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect } from 'chai';
import { Visitor } from '../support/account.js';
import { buildApp, makeUser } from '../support/app.js';

const require = createRequire(import.meta.url);
const OWN = require('#package') as { version: string; dependencies: Record<string, string> };

/** What other servers give away, and what lies beside ours. */
const FILES = [
  '.git/HEAD',
  '.git/config',
  '.git/',
  '.env',
  '.gitignore',
  '.npmrc',
  '.svn/entries',
  '.DS_Store',
];
const OURS = ['package.json', 'package-lock.json', 'README.md', 'tsconfig.json', 'dist/bundle/server.js'];
const DATA = ['storage/User.jsonl', 'storage/keys.json', 'keys.json', 'User.jsonl', 'audit/', 'storage'];
const LISTINGS = ['dist/', 'docs/', 'api/', 'auth/', 'public/', 'static/', 'node_modules/'];
const INTERNAL = ['metrics', 'debug', 'docs', 'openapi.json', 'swagger', 'health', 'admin', 'server-status'];

/** The version of each package that answers are made with. */
function versions(): string[] {
  const installed = Object.keys(OWN.dependencies).map((name) => {
    const text = readFileSync(new URL(`../../../node_modules/${name}/package.json`, import.meta.url), 'utf8');
    return (JSON.parse(text) as { version: string }).version;
  });
  return [OWN.version, process.versions.node, ...installed];
}

for (const env of [{}, { NODE_ENV: 'production', ALLOW_HTTP: '1' }]) {
  describe(`what is not to be had, ${'NODE_ENV' in env ? 'in' : 'outside'} production`, () => {
    for (const [number, what, paths] of [
      ['V13.4.1', 'files of development', [...FILES, ...OURS]],
      ['V13.4.3', 'listings', LISTINGS],
      ['V13.4.5', 'pages about the inside', INTERNAL],
      ['V13.4.1', 'what is stored', DATA],
    ] as const) {
      it(`${number} ${what}, by whatever spelling`, async () => {
        const app = buildApp({ authType: 'session_db_auth', env });
        const admin = new Visitor(app);
        await admin.login(await makeUser({ role: 'admin' }));

        for (const path of paths) {
          for (const start of ['/', '/auth/../', '/api/v1/../../', '/%2e%2e/', '//']) {
            const { status, text } = await admin.send('get', `${start}${path}`);
            expect([status, text], `${start}${path}`).to.deep.equal([404, '{"error":"Not found"}']);
          }
        }
      });
    }

    it('V13.4.6 versions and names of software, in headers and bodies of every route', async () => {
      const app = buildApp({ authType: 'session_db_auth', env });
      const admin = new Visitor(app);
      await admin.login(await makeUser({ role: 'admin' }));

      for (const { method, path } of app.routes) {
        const { headers, text } = await admin.send(method.toLowerCase() as 'get', path.replace(':id', 'x'));
        const shown = `${JSON.stringify(headers)}${text}`;

        expect(headers).to.not.have.any.keys('server', 'x-powered-by', 'via', 'x-generator', 'x-runtime');
        expect(shown).to.not.match(/\bkoa\b|node\.?js|express/i);
        for (const version of versions()) expect(shown, path).to.not.include(version);
      }
    });

    it('V13.4.2 stacks and other help for developers, in any error', async () => {
      const app = buildApp({ authType: 'session_db_auth', env });
      const visitor = new Visitor(app);

      for (const { method, path } of app.routes) {
        const { text } = await visitor.send(method.toLowerCase() as 'get', path, { email: ['x'] });
        expect(text, path).to.not.match(/stack|at .*:\d+|node_modules|\.[jt]s\b/);
      }
    });
  });
}

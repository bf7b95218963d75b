import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect } from 'chai';

const ROOT = resolve(import.meta.dirname, '../..');

/** Every source file under these folders, by its path from the root. */
function sources(...folders: readonly string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.tsx?$/.test(file))
      .map((file) => join(folder, file).replaceAll('\\', '/')),
  );
}

function codeOf(file: string): string {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return text.replaceAll(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '');
}

/** The project's own files that a file imports, types too, however the import is written. */
function importsOf(file: string): string[] {
  const specifiers = codeOf(file).matchAll(/(?:\bfrom|\bimport\s*\(?|\brequire\s*\()\s*['"](\.[^'"]*)['"]/g);
  return [...specifiers].map(([, path = '']) =>
    sourceOf(relative(ROOT, resolve(ROOT, dirname(file), path)).replaceAll('\\', '/')),
  );
}

/** What a compiled file is made from. */
function sourceOf(compiled: string): string {
  const page = compiled.replace(/\.js$/, '.tsx');
  return existsSync(join(ROOT, page)) ? page : compiled.replace(/\.js$/, '.ts');
}

function filesWith(pattern: RegExp, ...folders: readonly string[]): string[] {
  return sources(...folders).filter((file) => pattern.test(codeOf(file)));
}

/** The layers of DESIGN.md from top to bottom; the first that fits a file is its own. */
const LAYERS: readonly (readonly [name: string, rank: number, files: RegExp])[] = [
  ['leaf', 0, /^api\/(?:config(?:\/\w+)?|errors|context|later)\.ts$/],
  ['server', 7, /^api\/(?:server|cli\/.*)\.ts$/],
  ['app', 6, /^api\/app\.ts$/],
  ['middleware', 5, /^api\/middleware\//],
  ['views', 5, /^api\/v1\/(?:views\/|routes\.ts$)/],
  ['account', 5, /^api\/account\//],
  ['pages', 5, /^api\/pages\//],
  // What people do with accounts, by whichever door they come.
  ['actions', 4.3, /^api\/actions\//],
  ['auth', 4, /^api\/v1\/auth\//],
  ['services', 3, /^api\/services\//],
  // What stands beside app.ts in api/: tools of the server and of the views.
  ['tools of app', 5.5, /^api\/(?:direct_routes|probes)\.ts$/],
  ['tools', 6.5, /^api\/(?:http_server|log|sweeper)\.ts$/],
  ['tools of views', 4.5, /^api\/body\.ts$/],
  ['engines', 1, /^models\/engine\//],
  ['models', 2, /^models\//],
];

function layerOf(file: string): readonly [string, number] {
  const layer = LAYERS.find(([, , files]) => files.test(file));
  if (!layer) throw new Error(`${file} is in no layer: say in this test where it belongs`);
  return [layer[0], layer[1]];
}

function isAllowed(from: string, to: string): boolean {
  const [fromLayer, fromRank] = layerOf(from);
  const [toLayer, toRank] = layerOf(to);
  if (toLayer === 'leaf') return from.startsWith('api/');
  // A leaf may name what it describes, as the request's state does the user; never anything of api/.
  if (fromLayer === 'leaf') return to.startsWith('models/');
  return fromLayer === toLayer || toRank < fromRank;
}

describe('the imports', () => {
  const files = sources('api', 'models');

  it('are found', () => {
    expect(files).to.include.members(['api/server.ts', 'api/v1/views/users.ts', 'models/engine/table.ts']);
    expect(importsOf('api/v1/views/users.ts')).to.include.members(['api/body.ts', 'models/user.ts']);
    expect(importsOf('api/pages/login.tsx')).to.include('api/pages/components/form.tsx');
  });

  for (const file of files) {
    it(`of ${file} only point down`, () => {
      const wrong = importsOf(file).filter((imported) => !isAllowed(file, imported));

      expect(wrong).to.deep.equal([]);
    });

    it(`of ${file} are of files that exist, by their names`, () => {
      expect(files).to.include.members(importsOf(file));
    });
  }

  for (const [from, to] of [
    ['models/user.ts', 'api/errors.ts'],
    ['models/engine/table.ts', 'models/user.ts'],
    ['api/services/rights.ts', 'api/v1/auth/auth.ts'],
    ['api/middleware/cors.ts', 'api/v1/views/users.ts'],
    ['api/v1/views/users.ts', 'api/middleware/cors.ts'],
    ['api/account/login.ts', 'api/pages/login.tsx'],
    ['api/pages/login.tsx', 'api/account/login.ts'],
    ['api/pages/routes.tsx', 'api/middleware/same_origin.ts'],
    ['api/actions/logins.ts', 'api/pages/pages.ts'],
    ['api/v1/auth/auth.ts', 'api/v1/views/users.ts'],
    ['api/app.ts', 'api/server.ts'],
    ['api/config.ts', 'api/app.ts'],
  ] as const) {
    it(`may not go from ${from} to ${to}`, () => {
      expect(isAllowed(from, to)).to.equal(false);
    });
  }
});

describe('the source', () => {
  it('reads the environment in one place, which the programs pass it to', () => {
    const programs = ['api/server.ts', 'api/cli/desk.ts', 'api/cli/migrate.ts', 'api/cli/repair.ts'];
    expect(
      filesWith(/\bprocess\s*\.\s*env\b|\{[^}]*\benv\b[^}]*\}\s*=\s*process\b/, 'api', 'models'),
    ).to.have.members(programs);
    for (const file of programs) {
      expect(codeOf(file).match(/process\s*\.\s*env/g)).to.have.length(1);
      expect(codeOf(file)).to.match(/load(?:Config|Migration)\([^;]*process\.env/);
    }
  });

  it('looks at AUTH_TYPE in one place', () => {
    expect(filesWith(/\bauthType\s*[!=]==?|switch\s*\([^)]*\bauthType\b/, 'api', 'models')).to.deep.equal([
      'api/v1/auth/index.ts',
    ]);
    for (const name of ['basic_auth', 'session_auth', 'session_exp_auth', 'session_db_auth']) {
      expect(filesWith(new RegExp(`'${name}'`), 'api')).to.have.members([
        'api/config.ts',
        'api/v1/auth/index.ts',
      ]);
    }
  });

  it('asks no object which scheme it is', () => {
    expect(filesWith(/\binstanceof\s+\w*Auth\b/, 'api', 'models')).to.deep.equal([]);
  });

  it('knows nothing of HTTP or the server in its models', () => {
    expect(filesWith(/from '(?:node:https?|koa[^']*|@koa\/[^']*|cookie)'/, 'models')).to.deep.equal([]);
  });
});

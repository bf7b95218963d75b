import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { builtinModules, SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { bundledServer } from '../support/bundle.js';
import { ServerProcess } from '../support/server_process.js';
import { useTempFolder } from '../support/temp_folder.js';

const ROOT = resolve(import.meta.dirname, '../../..');

describe('the bundle', () => {
  const storage = useTempFolder();
  const server = bundledServer();
  const folder = dirname(server);
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
  const list = (): readonly string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const code = read('server.js');
  const map = JSON.parse(read('server.js.map')) as SourceMapPayload;

  it('leads every line of ours back to its source, so that errors name it', () => {
    const lines = code.split('\n');
    for (const [text, source] of [
      ['Gatehouse stopped', 'api/server.ts'],
      ['could not stop cleanly', 'api/server.ts'],
      ['is not valid Unicode', 'api/body.ts'],
    ] as const) {
      const line = lines.findIndex((candidate) => candidate.includes(text));
      const entry = new SourceMap(map).findEntry(line, lines[line]?.indexOf(text) ?? -1);

      if (!('originalSource' in entry)) throw new Error(`${text} leads nowhere`);
      expect(relative(ROOT, resolve(folder, entry.originalSource))).to.equal(source);
      const original = readFileSync(join(ROOT, source), 'utf8').split('\n');
      expect(original[entry.originalLine]).to.include(text);
    }
  });

  it('has maps of our own sources only: those of packages would slow every start down', () => {
    const maps = list().filter((file) => file.endsWith('.map'));
    const sources = maps.flatMap((file) =>
      (JSON.parse(read(file)) as SourceMapPayload).sources.map((source) =>
        relative(ROOT, resolve(folder, source)),
      ),
    );

    expect(maps.filter((file) => file.includes('packages'))).to.deep.equal([]);
    expect(sources).to.include.members(['api/server.ts', 'api/pages/home.tsx', 'models/engine/table.ts']);
    expect(sources.filter((source) => !/^(?:api|models)\//.test(source))).to.deep.equal([]);
  });

  it('imports nothing but its own files and what Node comes with', () => {
    const files = list().filter((file) => /\.m?js$/.test(file));
    const imported = files.flatMap((file) =>
      [
        ...read(file).matchAll(
          /^(?:import|export)\b[^;]*?\bfrom ["']([^"']+)["'];$|^import ["']([^"']+)["'];$/gm,
        ),
      ].map(([, from = '', bare = '']) => {
        const name = from || bare;
        return name.startsWith('.') ? join(dirname(file), name) : name;
      }),
    );

    expect(imported).to.include('node:crypto');
    const others = imported.filter(
      (name) => !files.includes(name) && !builtinModules.includes(name.replace(/^node:/, '')),
    );
    expect(others).to.deep.equal([]);
  });

  it('keeps packages in a folder by which Node tells them from our own code', () => {
    const files = list().filter((file) => /\.m?js$/.test(file));
    const ofPackages = files.filter((file) => file.startsWith('node_modules/'));
    const own = files.filter((file) => !ofPackages.includes(file));
    const holding = (source: RegExp) => files.filter((file) => source.test(read(file)));

    expect(holding(/^\/\/ api\/app\.ts$/m)).to.deep.equal(['server.js']);
    expect(own).to.include.members(holding(/^\/\/ (?:api|models)\//m));
    expect(holding(/^\t*\/\/ node_modules\/koa\//m)).to.have.lengthOf(1);
    expect(ofPackages).to.include.members(holding(/^\t*\/\/ node_modules\//m));
  });

  it('warns of no deprecated call that a package makes, as Node 24 does for calls in our own code', async () => {
    const process = ServerProcess.node({ STORAGE_DIR: storage() });
    // No browser sends a fragment. A package of Koa calls url.parse() for such an address.
    const asked = request({ port: await process.port(), path: '/api/v1/status#', agent: false }).end();
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    process.kill('SIGTERM');
    await process.exited;

    expect(answer.statusCode).to.equal(200);
    expect(process.stderr).to.equal('');
  });

  it('stays as it is when it is built again: servers may be starting from it', async () => {
    const inodes = () => list().map((file) => [file, statSync(join(folder, file)).ino]);
    const before = inodes();

    await promisify(execFile)(process.execPath, [join(ROOT, 'dist/build/bundle.js')]);

    expect(inodes()).to.deep.equal(before);
  });
});

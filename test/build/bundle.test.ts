import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { builtinModules, SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { bundledServer } from '../support/bundle.js';

const ROOT = resolve(import.meta.dirname, '../../..');

describe('the bundle', () => {
  const server = bundledServer();
  const folder = dirname(server);
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
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
    const maps = readdirSync(folder).filter((file) => file.endsWith('.map'));
    const sources = maps.flatMap((file) =>
      (JSON.parse(read(file)) as SourceMapPayload).sources.map((source) =>
        relative(ROOT, resolve(folder, source)),
      ),
    );

    expect(maps.filter((file) => file.startsWith('packages'))).to.deep.equal([]);
    expect(sources).to.include.members(['api/server.ts', 'api/pages/home.tsx', 'models/engine/table.ts']);
    expect(sources.filter((source) => !/^(?:api|models)\//.test(source))).to.deep.equal([]);
  });

  it('imports nothing but its own files and what Node comes with', () => {
    const files = readdirSync(folder).filter((file) => file.endsWith('.js'));
    const imported = files.flatMap((file) =>
      [
        ...read(file).matchAll(
          /^(?:import|export)\b[^;]*?\bfrom ["']([^"']+)["'];$|^import ["']([^"']+)["'];$/gm,
        ),
      ].map(([, from, bare]) => from ?? bare ?? ''),
    );

    expect(imported).to.include('node:crypto');
    const others = imported.filter(
      (name) =>
        !files.includes(name.replace('./', '')) && !builtinModules.includes(name.replace(/^node:/, '')),
    );
    expect(others).to.deep.equal([]);
  });

  it('stays as it is when it is built again: servers may be starting from it', async () => {
    const inodes = () => readdirSync(folder).map((file) => [file, statSync(join(folder, file)).ino]);
    const before = inodes();

    await promisify(execFile)(process.execPath, [join(ROOT, 'dist/build/bundle.js')]);

    expect(inodes()).to.deep.equal(before);
  });
});

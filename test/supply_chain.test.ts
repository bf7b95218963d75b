import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect } from 'chai';

const ROOT = resolve(import.meta.dirname, '../..');

interface Entry {
  readonly version: string;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
  readonly link?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(resolve(ROOT, file), 'utf8'));
}

describe('the packages this is built on', () => {
  const { packages } = readJson('package-lock.json') as { packages: Record<string, Entry> };
  const { '': own, ...others } = packages;

  it('V15.1.2 are listed by npm sbom, each by its exact version', () => {
    const args = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'];
    const { status, stdout } = spawnSync('npm', args, { cwd: ROOT, encoding: 'utf8' });

    const { components } = JSON.parse(stdout) as { components: { name: string; version: string }[] };
    const listed = new Set(components.map(({ name, version }) => `${name}@${version}`));
    const locked = Object.entries(others).map(
      ([path, { version }]) => `${path.replace(/^.*node_modules\//, '')}@${version}`,
    );
    expect(status).to.equal(0);
    expect(locked.filter((name) => !listed.has(name))).to.deep.equal([]);
    expect(listed.size).to.be.above(50);
  });

  it('V15.2.4 are locked: one exact version and one digest of each, from the registry and nowhere else', () => {
    for (const [path, { version, integrity, link }] of Object.entries(others)) {
      expect(version, path).to.match(/^\d+\.\d+\.\d+(?:-[\w.]+)?$/);
      expect(integrity, path).to.match(/^sha512-/);
      expect(link, path).to.equal(undefined);
    }
    for (const [name, range] of Object.entries({ ...own?.dependencies, ...own?.devDependencies })) {
      expect(range, name).to.match(/^[\^~]?\d/);
      expect(others, name).to.have.property(`node_modules/${name}`);
    }
  });

  it('V15.2.4 run nothing when they are installed', () => {
    const scripts = Object.entries(others).filter(([, { hasInstallScript }]) => hasInstallScript);

    expect(scripts.map(([path]) => path)).to.deep.equal([]);
  });

  it('V15.1.2 are what package.json asks for, and the same in the lock file', () => {
    const { dependencies, devDependencies } = readJson('package.json') as Entry;

    expect(own).to.deep.include({ dependencies, devDependencies });
  });
});

import { execFile } from 'node:child_process';
import { hash } from 'node:crypto';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import fs from 'fs-extra';
import { progress } from './stats.js';

/** The sources of the peers; this file is in dist/bench/lib when it runs. */
const SOURCES = resolve(import.meta.dirname, '../../../bench/peers');

/**
 * The folder in which the pinned peers are installed: made once for each version of their list, in the system's
 * temporary folder.
 */
export async function peersFolder(): Promise<string> {
  const list = await fs.readFile(join(SOURCES, 'package.json'));
  const folder = join(tmpdir(), `gatehouse-peers-${hash('sha256', list).slice(0, 12)}`);
  await fs.copy(SOURCES, folder);
  if (!(await fs.pathExists(join(folder, 'installed')))) {
    progress('installing the peers (once)');
    await promisify(execFile)('npm', ['install', '--no-audit', '--no-fund', '--silent'], { cwd: folder });
    await fs.writeFile(join(folder, 'installed'), '');
  }
  return folder;
}

/** A module of an installed peer; its types are the caller's to say, because the project does not depend on it. */
export async function importPeer<T>(peers: string, name: string): Promise<T> {
  const file = createRequire(join(peers, 'package.json')).resolve(name);
  return (await import(pathToFileURL(file).href)) as T;
}

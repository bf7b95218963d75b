import { copyFile, cp, mkdir, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { expect } from 'chai';
import { bundledServer } from '../support/bundle.js';
import { ServerProcess } from '../support/server_process.js';
import { useTempFolder } from '../support/temp_folder.js';
import { until } from '../support/until.js';

const ROOT = resolve(import.meta.dirname, '../../..');

describe('a server of whose bundle a file is missing that the first answers do not need', () => {
  const folder = useTempFolder();

  it('says so, refuses what needs it, answers the rest, and is whole once the file is there', async () => {
    const bundle = join(folder(), 'dist/bundle');
    await mkdir(bundle, { recursive: true });
    await cp(dirname(bundledServer()), bundle, { recursive: true });
    await symlink(join(ROOT, 'package.json'), join(folder(), 'package.json'));
    const missing = await fileWith('koa-session', bundle);
    await rm(join(bundle, missing));

    const server = ServerProcess.node({ STORAGE_DIR: join(folder(), 'storage') }, join(bundle, 'server.js'));
    const url = `http://127.0.0.1:${await server.port()}`;
    const statusOf = async (path: string): Promise<number> => (await fetch(`${url}${path}`)).status;

    await until(() => server.lines.some(({ msg }) => msg.startsWith('not all of this server can be loaded')));
    expect(await statusOf('/login')).to.equal(500);
    expect(await statusOf('/api/v1/status')).to.equal(200);
    await copyFile(join(dirname(bundledServer()), missing), join(bundle, missing));
    expect(await statusOf('/login')).to.equal(200);
  });
});

/** The file of the bundle, other than the server's own, that a package is in. */
async function fileWith(name: string, bundle: string): Promise<string> {
  const files = (await readdir(bundle, { recursive: true })).filter((file) =>
    file.includes('packages~index'),
  );
  for (const file of files)
    if ((await readFile(join(bundle, file), 'utf8')).includes(`node_modules/${name}/`)) return file;
  throw new Error(`${name} is in none of ${files.join(', ')}`);
}

import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { loadConfig } from '../../api/config.js';
import { useTempFolder } from '../support/temp_folder.js';

const read = (path: string): Promise<string> =>
  readFile(fileURLToPath(new URL(path, import.meta.resolve('#package'))), 'utf8');

/** The `NAME=value` lines of a file, as systemd reads both units and environment files. */
async function settingsIn(path: string): Promise<Readonly<Record<string, string>>> {
  const lines = (await read(path)).matchAll(/^(\w+)=(.*)$/gm);
  return Object.fromEntries([...lines].map(([, name = '', value = '']) => [name, value]));
}

describe('docs/systemd', () => {
  const folder = useTempFolder();

  it('V12.2.1 has settings with which production starts, strictly and behind a proxy on the same machine', async () => {
    const env = await settingsIn('docs/systemd/gatehouse.env');

    const { config, warnings } = loadConfig({ ...env, STORAGE_DIR: folder(), KEYS_FILE: `${folder()}/keys` });

    expect(warnings).to.deep.equal([]);
    expect(config).to.include({ production: true, host: '127.0.0.1', trustProxy: 1, cookieSecure: 'on' });
    expect(config).to.include({ registration: 'closed', sessionName: '__Host-session' });
  });

  it('V11.1.1 lets the service write its data and its keys, each in a folder of its own, and starts as npm does', async () => {
    const env = await settingsIn('docs/systemd/gatehouse.env');
    const unit = await settingsIn('docs/systemd/gatehouse.service');
    const { scripts } = JSON.parse(await read('package.json')) as { scripts: Record<string, string> };

    const folders = unit['StateDirectory']?.split(' ').map((name) => `/var/lib/${name}`);
    expect(folders).to.deep.equal([env['STORAGE_DIR'], dirname(env['KEYS_FILE'] ?? '')]);
    expect(unit).to.include({ ProtectSystem: 'strict', StateDirectoryMode: '0700', UMask: '0077' });
    // A database that comes later than we do must not end the tries.
    expect(unit).to.include({ Restart: 'on-failure', StartLimitIntervalSec: '0' });
    expect(unit['ExecStart']).to.equal(scripts['start']?.replace('exec node', '/usr/bin/node'));
  });
});

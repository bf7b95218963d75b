import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Keys } from '../../../api/services/keys.js';
import { KeysFileError, openKeys } from '../../../api/services/keys_file.js';
import { useTempFolder } from '../../support/temp_folder.js';

describe('openKeys', () => {
  const folder = useTempFolder();
  const path = (): string => join(folder(), 'keys.json');
  let warnings: string[];
  beforeEach(() => {
    warnings = [];
  });

  function open(appKeys: readonly string[] = []): Promise<Keys> {
    return openKeys({ keysFile: path(), appKeys, warn: (message) => warnings.push(message) });
  }

  async function failure(): Promise<Error> {
    const error: unknown = await open().catch((e: unknown) => e);
    expect(error).to.be.instanceOf(KeysFileError);
    return error as Error;
  }

  it('V13.3.1, V11.5.1 makes a private file of one random key at the first start', async () => {
    await open();

    const { format, version, keys } = JSON.parse(await readFile(path(), 'utf8'));
    expect([format, version, keys.length]).to.deep.equal(['gatehouse-keys', 1, 1]);
    expect(keys[0].secret).to.match(/^[\w-]{43}$/);
    expect(keys[0].created_at).to.match(/Z$/);
    expect((await stat(path())).mode & 0o777).to.equal(0o600);
    expect(await readdir(folder())).to.deep.equal(['keys.json']);
    expect(warnings).to.deep.equal([]);
  });

  it('has the same keys at the next start, and writes nothing', async () => {
    const first = await open();
    const before = await readFile(path(), 'utf8');

    const second = await open();

    expect(second.subkey('csrf').keys).to.deep.equal(first.subkey('csrf').keys);
    expect(await readFile(path(), 'utf8')).to.equal(before);
  });

  it('gives several processes that start at once the same keys', async () => {
    const all = await Promise.all([open(), open(), open(), open()]);

    const distinct = new Set(all.map((keys) => keys.subkey('csrf').sign('').toString('hex')));
    expect(distinct.size).to.equal(1);
  });

  it('V13.1.4 takes several keys, newest first, as an operator who rotates them leaves them', async () => {
    const old = await open();
    const file = JSON.parse(await readFile(path(), 'utf8'));
    file.keys.unshift({ created_at: '2030-01-01T00:00:00Z', secret: 'A'.repeat(43) });
    await writeFile(path(), JSON.stringify(file));

    const rotated = await open();

    expect(rotated.subkey('csrf').keys).to.have.length(2);
    expect(rotated.subkey('csrf').keys[1]).to.deep.equal(old.subkey('csrf').keys[0]);
  });

  it('takes APP_KEYS instead, and then neither makes nor reads a file', async () => {
    await writeFile(path(), 'broken');
    const [a, b] = ['a'.repeat(32), 'b'.repeat(32)];

    const keys = await open([a, b]);

    expect(keys.subkey('csrf').keys).to.have.length(2);
    expect((await open([b])).subkey('csrf').keys[0]).to.deep.equal(keys.subkey('csrf').keys[1]);
    expect(await readFile(path(), 'utf8')).to.equal('broken');
  });

  const SECRET = 'S'.repeat(43);
  const head = { format: 'gatehouse-keys', version: 1 };
  for (const [why, content] of [
    ['empty', ''],
    ['half a file', `{"format":"gatehouse-keys","keys":[{"secret":"${SECRET}`],
    ['no object', '[]'],
    ['null', 'null'],
    ['another file', '{"keys":[]}'],
    ['of a later version', JSON.stringify({ ...head, version: 2, keys: [{ secret: SECRET }] })],
    ['without keys', JSON.stringify({ ...head, keys: [] })],
    ['with keys of another type', JSON.stringify({ ...head, keys: { secret: SECRET } })],
    ['with a key that is too short', JSON.stringify({ ...head, keys: [{ secret: 'S'.repeat(42) }] })],
    ['with a key that is none', JSON.stringify({ ...head, keys: [{ secret: SECRET }, null] })],
    ['with a key that is no text', JSON.stringify({ ...head, keys: [{ secret: 5 }] })],
  ] as const) {
    it(`refuses a file that is ${why}, says so, and leaves it as it is`, async () => {
      await writeFile(path(), content);

      const { message } = await failure();

      expect(message).to.include(path()).and.to.include('Nothing was changed').and.not.to.include('SSS');
      expect(await readFile(path(), 'utf8')).to.equal(content);
      expect(await readdir(folder())).to.deep.equal(['keys.json']);
    });
  }

  it('refuses a folder, and a place that does not exist', async () => {
    await mkdir(path());

    expect((await failure()).message).to.include('EISDIR');
    const missing = openKeys({ keysFile: join(folder(), 'none', 'k.json'), appKeys: [], warn: () => {} });
    expect(String(await missing.catch((e: unknown) => e))).to.include('ENOENT');
  });

  it('warns of a file that others can read, and uses it', async () => {
    await open();
    await chmod(path(), 0o640);

    await open();

    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.include(path()).and.to.include('chmod 600');
  });
});

import { join } from 'node:path';
import { expect } from 'chai';
import fs from 'fs-extra';
import { FileEngine } from '../../../models/engine/file_engine.js';
import { FaultyDisk } from '../../support/faulty_fs.js';
import { useTempFolder } from '../../support/temp_folder.js';
import { CONTRACT_INDEXES } from './contract.js';

describe('file_engine compaction', () => {
  const folder = useTempFolder();
  const file = (): string => join(folder(), 'Thing.jsonl');
  let disk: FaultyDisk;
  let warnings: string[];
  beforeEach(() => {
    disk = new FaultyDisk();
    warnings = [];
  });

  function open(compactAt = 50): Promise<FileEngine> {
    const warn = (message: string): void => void warnings.push(message);
    const options = { folder: folder(), model: 'Thing', indexes: CONTRACT_INDEXES };
    return FileEngine.open({ ...options, warn, compactAt, fs: disk.fs });
  }

  async function lines(): Promise<number> {
    return (await fs.readFile(file(), 'utf8')).split('\n').length - 2;
  }

  /** Changes one record until the file shrinks (or the tries end). */
  async function changeUntilCompacted(engine: FileEngine, tries = 2000): Promise<boolean> {
    const { ino } = await fs.stat(file());
    for (let i = 0; i < tries; i += 1) {
      await engine.update('a', { value: i });
      if ((await fs.stat(file())).ino !== ino) return true;
    }
    return false;
  }

  it('rewrites the file in the background when dead lines outweigh live ones', async () => {
    const engine = await open();
    for (const id of ['b', 'a', 'c']) await engine.put({ id, email: `${id}@example.com` });

    expect(await changeUntilCompacted(engine)).to.equal(true);
    await engine.put({ id: 'd' });
    await engine.close();

    expect(await lines()).to.be.below(60);
    expect((await fs.stat(file())).mode & 0o777).to.equal(0o600);
    const again = await open();
    expect((await again.all()).map(({ id }) => id)).to.deep.equal(['b', 'a', 'c', 'd']);
    await again.close();
  });

  it('loses no write and brings no deleted record back while many writers work', async () => {
    const engine = await open();
    const expected = new Map<string, number>();
    const writer = async (name: number): Promise<void> => {
      for (let i = 0; i < 300; i += 1) {
        const id = `${name}-${i % 5}`;
        if (i % 7 === 6) {
          await engine.delete(id);
          expected.delete(id);
        } else {
          await engine.put({ id, value: i, email: `${id}@example.com` });
          expected.set(id, i);
        }
      }
    };
    await Promise.all(Array.from({ length: 20 }, (_, name) => writer(name)));
    await engine.close();

    expect(await lines(), 'it was compacted meanwhile').to.be.below(5000);
    const again = await open();
    const values = (await again.all()).map((record) => [record.id, record['value']]);
    await again.close();
    expect(new Map(values as [string, number][])).to.deep.equal(expected);
    expect(warnings).to.deep.equal([]);
  });

  it('tries a rename again that something else holds up', async () => {
    const engine = await open();
    await engine.put({ id: 'a' });
    disk.fail('rename', 'EBUSY', 3);

    expect(await changeUntilCompacted(engine)).to.equal(true);

    await engine.close();
    expect(warnings).to.deep.equal([]);
  });

  for (const [operation, code] of [
    ['rename', 'EIO'],
    ['sync', 'EIO'],
  ] as const) {
    it(`gives up when ${operation} fails, says so, and goes on with the old file`, async () => {
      const engine = await open();
      await engine.put({ id: 'a' });
      disk.fail(operation, code, 1);
      while (warnings.length === 0) await engine.update('a', { value: 1 });
      await engine.update('a', { value: 'last' });
      await engine.close();

      expect(warnings[0]).to.contain('could not be compacted');
      expect(await fs.readdir(folder())).to.deep.equal(['Thing.jsonl']);
      const again = await open();
      expect(await again.get('a')).to.deep.equal({ id: 'a', value: 'last' });
      await again.close();
    });
  }

  it('reads the file again when nobody knows whether the rename will last', async () => {
    const engine = await open();
    await engine.put({ id: 'a' });
    // The first sync is the new file's, the second that of the folder after the rename.
    let syncs = 0;
    const originalOpen = disk.fs.open;
    disk.fs.open = async (...args: Parameters<typeof originalOpen>) => {
      const handle = await originalOpen(...args);
      if (args[0] === folder() && (syncs += 1) === 1) disk.fail('sync', 'EIO', 1);
      return handle;
    };
    let acknowledged = -1;
    for (let i = 0; warnings.length === 0 && i < 5000; i += 1) {
      await engine.update('a', { value: i }).then(
        () => (acknowledged = i),
        () => new Promise((done) => setTimeout(done, 5)),
      );
    }

    expect(warnings.join()).to.contain('sound');
    expect((await engine.get('a'))?.['value']).to.equal(acknowledged);
    await engine.close();
  });

  it('goes on with the new file when the rename took effect but was reported as failed', async () => {
    const engine = await open();
    await engine.put({ id: 'a' });
    const { rename } = disk.fs;
    disk.fs.rename = async (from, to) => {
      disk.fs.rename = rename;
      await rename(from, to);
      throw Object.assign(new Error('EIO: after the fact'), { code: 'EIO' });
    };
    let acknowledged = -1;
    for (let i = 0; !warnings.join().includes('sound') && i < 5000; i += 1) {
      await engine.update('a', { value: i }).then(
        () => (acknowledged = i),
        () => new Promise((done) => setTimeout(done, 5)),
      );
    }
    await engine.close();

    const again = await open();
    expect((await again.get('a'))?.['value']).to.equal(acknowledged);
    await again.close();
  });

  it('removes what a crash left of a compaction', async () => {
    await fs.writeFile(`${file()}.compact`, 'half a li');
    const engine = await open();
    await engine.close();

    expect(await fs.readdir(folder())).to.deep.equal(['Thing.jsonl']);
  });

  it('compacts a file that was left with too many dead lines, at the next start', async () => {
    const first = await open(1e9);
    await first.put({ id: 'a' });
    for (let i = 0; i < 100; i += 1) await first.update('a', { value: i });
    await first.close();

    const second = await open();
    const { ino } = await fs.stat(file());
    while ((await fs.stat(file())).ino === ino) await new Promise((done) => setTimeout(done, 5));
    await second.close();

    expect(await lines()).to.equal(1);
  });

  it('can be closed in the middle of one', async () => {
    const engine = await open();
    await engine.put({ id: 'a' });
    for (let i = 0; i < 60; i += 1) await engine.update('a', { value: i });
    await engine.close();

    const again = await open();
    expect(await again.get('a')).to.deep.equal({ id: 'a', value: 59 });
    await again.close();
  });
});

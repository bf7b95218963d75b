import { join } from 'node:path';
import { expect } from 'chai';
import fs from 'fs-extra';
import { FileEngine } from '../../../models/engine/file_engine.js';
import { StorageUnavailableError } from '../../../models/engine/storage_engine.js';
import { FaultyDisk } from '../../support/faulty_fs.js';
import { useTempFolder } from '../../support/temp_folder.js';
import { CONTRACT_INDEXES } from './contract.js';

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => null,
    (error: unknown) => error,
  );
}

describe('file_engine on a failing disk', () => {
  const folder = useTempFolder();
  let disk: FaultyDisk;
  let engine: FileEngine;
  let warnings: string[];

  function open(): Promise<FileEngine> {
    const warn = (message: string): void => void warnings.push(message);
    return FileEngine.open({
      folder: folder(),
      model: 'Thing',
      indexes: CONTRACT_INDEXES,
      warn,
      fs: disk.fs,
    });
  }

  beforeEach(async () => {
    disk = new FaultyDisk();
    warnings = [];
    engine = await open();
    await engine.put({ id: 'kept', email: 'kept@example.com', group: 'g' });
  });
  afterEach(() => engine.close());

  /** What a new process would find. */
  async function onDisk(): Promise<string[]> {
    const lines = (await fs.readFile(join(folder(), 'Thing.jsonl'), 'utf8')).split('\n').slice(1, -1);
    return lines.map((line) => (JSON.parse(line) as { id: string }).id);
  }

  /** Waits until the engine answers again. */
  async function sound(): Promise<void> {
    while (await rejection(engine.count())) await new Promise((done) => setTimeout(done, 5));
  }

  for (const code of ['ENOSPC', 'EDQUOT', 'EROFS']) {
    it(`answers a write with "unavailable" on ${code} and goes on reading as if it had never come`, async () => {
      disk.fail('write', code);

      expect(await rejection(engine.put({ id: 'new', email: 'new@example.com' }))).to.be.instanceOf(
        StorageUnavailableError,
      );
      expect(await engine.get('new')).to.equal(null);
      expect(await engine.get('kept')).to.not.equal(null);
      expect(await onDisk()).to.deep.equal(['kept']);
    });
  }

  it('writes again as soon as there is room, and the unique values of what failed are free', async () => {
    disk.fail('write', 'ENOSPC');
    await rejection(engine.put({ id: 'new', email: 'new@example.com' }));

    await engine.put({ id: 'other', email: 'new@example.com' });

    expect((await engine.find('email', 'new@example.com'))[0]?.id).to.equal('other');
    expect(await onDisk()).to.deep.equal(['kept', 'other']);
  });

  it('shows a record again whose removal failed, in its old place', async () => {
    await engine.put({ id: 'second', group: 'g' });
    disk.fail('write', 'ENOSPC');

    const removal = engine.delete('kept');
    expect(await engine.get('kept')).to.equal(null);
    expect(await rejection(removal)).to.be.instanceOf(StorageUnavailableError);

    expect((await engine.all()).map(({ id }) => id)).to.deep.equal(['kept', 'second']);
    expect((await engine.find('group', 'g')).map(({ id }) => id)).to.deep.equal(['kept', 'second']);
  });

  it('fails everything that was built on a failed write', async () => {
    disk.fail('write', 'ENOSPC');
    const first = engine.put({ id: 'a' });
    await new Promise((done) => setImmediate(done));
    const second = engine.update('a', { name: 'Ann' });

    expect(await rejection(first)).to.be.instanceOf(StorageUnavailableError);
    expect(await rejection(second)).to.be.instanceOf(StorageUnavailableError);
    expect(await onDisk()).to.deep.equal(['kept']);
  });

  for (const [operation, code] of [
    ['datasync', 'EIO'],
    ['write', 'EIO'],
  ] as const) {
    it(`trusts nothing after a failed ${operation} until it has read the file again`, async () => {
      disk.fail(operation, code);

      expect(await rejection(engine.put({ id: 'lost' }))).to.be.instanceOf(StorageUnavailableError);
      for (const answer of [
        engine.get('kept'),
        engine.all(),
        engine.count(),
        engine.delete('kept'),
        engine.put({ id: 'x' }),
      ]) {
        expect(await rejection(answer)).to.be.instanceOf(StorageUnavailableError);
      }
      await sound();

      expect((await engine.all()).map(({ id }) => id)).to.deep.equal(['kept']);
      await engine.put({ id: 'after', email: 'after@example.com' });
      expect(await onDisk()).to.deep.equal(['kept', 'after']);
      expect(warnings.join()).to.contain('sound');
    });
  }

  it('stays unavailable as long as the disk fails, and recovers by itself', async () => {
    disk.fail('datasync', 'EIO', Infinity);
    await rejection(engine.put({ id: 'lost' }));
    await new Promise((done) => setTimeout(done, 120));
    expect(await rejection(engine.get('kept'))).to.be.instanceOf(StorageUnavailableError);

    disk.heal();
    await sound();

    expect((await engine.all()).map(({ id }) => id)).to.deep.equal(['kept']);
  });

  it('does not trust the file either when a failed write cannot be cut off', async () => {
    disk.fail('write', 'ENOSPC');
    disk.fail('truncate', 'EIO');

    await rejection(engine.put({ id: 'lost' }));
    expect(await rejection(engine.get('kept'))).to.be.instanceOf(StorageUnavailableError);
    await sound();

    expect(await onDisk()).to.deep.equal(['kept']);
  });

  it('does not say "not there" of a record whose removal then fails', async () => {
    disk.fail('write', 'ENOSPC');
    const removals = [engine.delete('kept'), engine.delete('kept')];

    for (const removal of removals)
      expect(await rejection(removal)).to.be.instanceOf(StorageUnavailableError);
    expect(await engine.get('kept')).to.not.equal(null);
  });

  it('does not make a new file when its own has gone while it was in doubt', async () => {
    disk.fail('datasync', 'EIO');
    await rejection(engine.put({ id: 'lost' }));
    await fs.remove(join(folder(), 'Thing.jsonl'));
    await new Promise((done) => setTimeout(done, 120));

    expect(await rejection(engine.get('kept'))).to.be.instanceOf(StorageUnavailableError);
    expect(await fs.readdir(folder())).to.deep.equal([]);
  });

  for (const code of ['ENOSPC', 'EROFS']) {
    it(`trusts nothing after a failed sync either when it is called ${code}`, async () => {
      disk.fail('datasync', code);

      await rejection(engine.put({ id: 'lost' }));

      expect(await rejection(engine.get('kept'))).to.be.instanceOf(StorageUnavailableError);
      await sound();
    });
  }

  it('leaves nothing of a write that it refused, also when it is closed before it is sound again', async () => {
    disk.fail('datasync', 'EIO');
    await rejection(engine.put({ id: 'ghost' }));

    await engine.close();

    expect(await onDisk()).to.deep.equal(['kept']);
    engine = await open();
  });

  it('does not call acknowledged lines torn that were damaged while it was in doubt, and says what is wrong', async () => {
    const path = join(folder(), 'Thing.jsonl');
    disk.fail('datasync', 'EIO');
    disk.fail('truncate', 'EIO');
    await rejection(engine.put({ id: 'lost' }));
    const bytes = await fs.readFile(path);
    const end = bytes.indexOf('{"id":"lost"');
    bytes.fill(0, end - 8);
    await fs.writeFile(path, bytes);
    while (!warnings.join().includes('damaged')) await new Promise((done) => setTimeout(done, 5));

    expect(await rejection(engine.get('kept'))).to.be.instanceOf(StorageUnavailableError);
    expect(warnings.join()).to.not.contain('never acknowledged').and.not.contain('sound');
  });

  it('answers everybody although the one who is warned throws', async () => {
    const warn = (): never => {
      throw new Error('the log is broken');
    };
    const options = { folder: folder(), model: 'Other', indexes: CONTRACT_INDEXES, warn, fs: disk.fs };
    const other = await FileEngine.open(options);
    disk.fail('write', 'ENOSPC');

    expect(await rejection(other.put({ id: 'a' }))).to.be.instanceOf(StorageUnavailableError);
    await other.put({ id: 'b' });

    expect(await other.count()).to.equal(1);
    await other.close();
  });

  it('does not wait for ever for a disk that takes nothing', async () => {
    disk.stall();

    expect(await rejection(engine.put({ id: 'a' }))).to.be.instanceOf(StorageUnavailableError);
    disk.heal();
  });

  it('can be closed while it is unavailable', async () => {
    disk.fail('datasync', 'EIO', Infinity);
    await rejection(engine.put({ id: 'lost' }));

    await engine.close();

    disk.heal();
    engine = await open();
    expect(await engine.get('kept')).to.not.equal(null);
  });
});

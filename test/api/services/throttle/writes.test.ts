import { expect } from 'chai';
import { bindModel, useClock } from '../../../../models/base.js';
import { FileEngine } from '../../../../models/engine/file_engine.js';
import { MemoryEngine } from '../../../../models/engine/memory_engine.js';
import { StorageUnavailableError, type StoredRecord } from '../../../../models/engine/storage_engine.js';
import { useMemory } from '../../../../models/storage.js';
import { ThrottleEntry } from '../../../../models/throttle_entry.js';
import { FaultyDisk } from '../../../support/faulty_fs.js';
import { Guesser } from '../../../support/guesser.js';
import { tempFolder } from '../../../support/temp_storage.js';

const DAY = 86_400;
const HOME = { address: '198.51.100.7' };
const ELSEWHERE = { address: '198.18.0.1' };

describe('what the throttle writes', () => {
  let writes: number;
  let guesser: Guesser;

  /** Counts what reaches the storage. */
  class CountingEngine extends MemoryEngine {
    override async put(record: StoredRecord): Promise<void> {
      writes += 1;
      return super.put(record);
    }

    override async update(...change: Parameters<MemoryEngine['update']>): Promise<StoredRecord | null> {
      writes += 1;
      return super.update(...change);
    }

    override async delete(id: string): Promise<boolean> {
      writes += 1;
      return super.delete(id);
    }
  }

  beforeEach(() => {
    writes = 0;
    useMemory();
    bindModel(ThrottleEntry, new CountingEngine(ThrottleEntry));
    guesser = new Guesser();
  });
  afterEach(() => {
    useClock(Date.now);
    useMemory();
  });

  it('is nothing for a login from where one has logged in before, a month long', async () => {
    await guesser.right(HOME);
    expect(writes, 'the network is new').to.equal(1);

    for (let login = 0; login < 100; login += 1) await guesser.right(HOME);
    await guesser.right({ ...HOME, device: 'device-1' });
    guesser.clock.advance(29 * DAY);
    await guesser.right(HOME);
    expect(writes).to.equal(1);

    guesser.clock.advance(2 * DAY);
    await guesser.right(HOME);
    expect(writes, 'noted once a month').to.equal(2);
  });

  it('is three counts for a wrong password, and the removal of two for a right one after it', async () => {
    await guesser.right(HOME);
    await guesser.wrong(HOME);
    expect(writes).to.equal(1 + 3);

    await guesser.right(HOME);
    expect(writes).to.equal(1 + 3 + 2);
    expect((await ThrottleEntry.all()).map(({ kind }) => kind)).to.have.members(['networks', 'address']);
  });

  it('is nothing for an attempt that must wait', async () => {
    await guesser.wrongPatiently(6);
    const before = writes;

    for (let tries = 0; tries < 100; tries += 1) await guesser.wrong();

    expect(writes).to.equal(before);
  });

  it('is one line for all knocks at a locked account between two sweeps', async () => {
    await guesser.wrongFromAnywhere(100);
    const before = writes;

    for (let knocks = 0; knocks < 50; knocks += 1) await guesser.wrong(ELSEWHERE);
    expect(writes).to.equal(before);
    await guesser.throttle.sweep();
    await guesser.throttle.sweep();

    expect(writes).to.equal(before + 1);
  });
});

describe('the throttle on a full disk', () => {
  let disk: FaultyDisk;
  let engine: FileEngine;
  let guesser: Guesser;
  beforeEach(async () => {
    disk = new FaultyDisk();
    engine = await FileEngine.open({
      folder: await tempFolder(),
      model: 'ThrottleEntry',
      indexes: ThrottleEntry.indexes,
      fs: disk.fs,
    });
    bindModel(ThrottleEntry, engine);
    guesser = new Guesser();
  });
  afterEach(async () => {
    await engine.close();
    useClock(Date.now);
    useMemory();
  });

  it('V6.3.1 goes on counting wrong tries, which are not answered as if they were written', async () => {
    disk.fail('write', 'ENOSPC', Infinity);

    const outcomes = [];
    for (let tries = 0; tries < 6; tries += 1)
      outcomes.push(await guesser.wrong().catch((error: unknown) => error));

    for (const outcome of outcomes.slice(0, 5)) expect(outcome).to.be.instanceOf(StorageUnavailableError);
    expect(outcomes[5]).to.equal(1);
  });

  it('lets right passwords in, and writes what it could not once there is room', async () => {
    await guesser.wrongPatiently(4);
    disk.fail('write', 'ENOSPC', Infinity);
    expect(await guesser.right()).to.equal('right');
    const error: unknown = await guesser.throttle.sweep().catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(StorageUnavailableError);

    disk.heal();
    await guesser.throttle.sweep();

    expect((await ThrottleEntry.all()).map(({ kind }) => kind)).to.have.members(['address', 'networks']);
  });
});

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import fs from 'fs-extra';
import { StorageCorruptError, StorageLockedError } from '../../models/engine/storage_engine.js';
import { openStorage, useMemory, type Storage } from '../../models/storage.js';
import { User } from '../../models/user.js';
import { UserSession } from '../../models/user_session.js';
import { useTempFolder } from '../support/temp_folder.js';

describe('openStorage', () => {
  const parent = useTempFolder();
  const folder = (): string => join(parent(), 'storage');
  let warnings: string[];
  beforeEach(() => {
    warnings = [];
  });
  afterEach(useMemory);

  function open(durableSessions = true): Promise<Storage> {
    return openStorage({ folder: folder(), durableSessions, warn: (message) => void warnings.push(message) });
  }

  async function mode(path: string): Promise<string> {
    return ((await fs.stat(path)).mode & 0o777).toString(8);
  }

  it('makes a private folder with private files, and gives it free when closed', async () => {
    const storage = await open();
    await new User({ email: 'bob@hbtn.io' }).save();

    expect(await mode(folder())).to.equal('700');
    for (const file of await fs.readdir(folder()))
      expect(await mode(join(folder(), file)), file).to.equal('600');
    await storage.close();
    expect((await fs.readdir(folder())).toSorted()).to.deep.equal([
      'ThrottleEntry.jsonl',
      'User.jsonl',
      'UserSession.jsonl',
    ]);
  });

  it('makes an existing folder private when it holds nothing but ours', async () => {
    await fs.ensureDir(folder());
    await fs.chmod(folder(), 0o755);
    for (const file of ['.gitkeep', 'keys.json', 'keys.json.0badcafe.tmp'])
      await fs.writeFile(join(folder(), file), '');
    await fs.ensureDir(join(folder(), 'audit'));

    await (await open()).close();

    expect([await mode(folder()), warnings]).to.deep.equal(['700', []]);
  });

  it('leaves a folder alone that holds other files, and warns', async () => {
    await fs.outputFile(join(folder(), 'holiday.jpg'), '');
    await fs.chmod(folder(), 0o755);

    await (await open()).close();

    expect(await mode(folder())).to.equal('755');
    expect(warnings.join()).to.contain('holiday.jpg').and.contain('chmod 700');
  });

  it('keeps users, and sessions too when they are to outlive the process', async () => {
    for (const [durable, left] of [
      [true, 1],
      [false, 0],
    ] as const) {
      const first = await open(durable);
      await new User().save();
      await UserSession.start('u');
      await first.close();

      const second = await open(durable);
      expect(await UserSession.count()).to.equal(left);
      expect(await User.count()).to.be.above(0);
      await UserSession.removeAllOf('u');
      await second.close();
    }
  });

  it('refuses a folder that is in use, and one with a bad file, and leaves no lock behind', async () => {
    const storage = await open();
    expect(await open().catch((error: unknown) => error)).to.be.instanceOf(StorageLockedError);
    await storage.close();
    await fs.appendFile(join(folder(), 'UserSession.jsonl'), 'nonsense\n');

    const error: unknown = await open().catch((thrown: unknown) => thrown);

    expect(error).to.be.instanceOf(StorageCorruptError);
    expect((error as Error).message).to.contain('UserSession.jsonl, line 2 ');
    expect((await fs.readdir(folder())).toSorted()).to.deep.equal([
      'ThrottleEntry.jsonl',
      'User.jsonl',
      'UserSession.jsonl',
    ]);
  });

  it('gives the folder free once, after the last write, however often it is closed', async () => {
    const storage = await open();
    const write = new User({ email: 'bob@hbtn.io' }).save();

    await Promise.all([storage.close(), storage.close()]);

    expect(await write).to.equal(true);
    expect((await fs.readdir(folder())).filter((file) => !file.endsWith('.jsonl'))).to.deep.equal([]);
    await storage.close();
  });

  it('opens a copy that cp made while it is being written: a backup at any moment', async () => {
    const storage = await open();
    const copy = join(parent(), 'copy');
    let acknowledged = 0;
    let copying: Promise<unknown> | null = null;
    let atCopy = 0;
    for (; acknowledged < 200; acknowledged += 1) {
      const user = new User({ email: `${acknowledged}@x` });
      await user.save();
      await UserSession.start(user.id);
      if (acknowledged === 100) {
        atCopy = acknowledged;
        copying = promisify(execFile)('cp', ['-R', folder(), copy]);
      }
    }
    await copying;
    await storage.close();

    const restored = await openStorage({ folder: copy, durableSessions: true, warn: () => {} });
    const [users, sessions] = [await User.count(), await UserSession.count()];
    await restored.close();

    expect(users).to.be.above(atCopy);
    expect(sessions).to.be.above(atCopy);
  });
});

import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import fs from 'fs-extra';
import { FileEngine } from '../../../models/engine/file_engine.js';
import { realFileSystem, type FileSystem } from '../../../models/engine/log_file.js';
import { useTempFolder } from '../../support/temp_folder.js';
import { CONTRACT_INDEXES } from './contract.js';

describe('file_engine while a compaction makes its file', () => {
  const folder = useTempFolder();

  it('keeps what is acknowledged before that file is there, and brings nothing back', async () => {
    let begin = (): void => {};
    let goOn = (): void => {};
    const begun = new Promise<void>((done) => (begin = done));
    const gate = new Promise<void>((done) => (goOn = done));
    const open = async (...[path, ...rest]: Parameters<FileSystem['open']>) => {
      if (String(path).endsWith('.compact')) {
        begin();
        await gate;
      }
      return realFileSystem.open(path, ...rest);
    };
    const options = { folder: folder(), model: 'Thing', indexes: CONTRACT_INDEXES };
    const file = join(folder(), 'Thing.jsonl');
    const engine = await FileEngine.open({ ...options, compactAt: 5, fs: { ...realFileSystem, open } });
    await engine.put({ id: 'removed' });
    for (let i = 0; i < 10; i += 1) await engine.put({ id: 'hot', value: i });
    await begun;
    await engine.put({ id: 'new' });
    await engine.delete('removed');
    const { ino } = await fs.stat(file);
    goOn();
    // No more writes: a second compaction would write what the first one lost, which memory still has.
    while ((await fs.stat(file)).ino === ino) await nextTurn();
    await engine.close();

    const again = await FileEngine.open(options);
    const ids = (await again.all()).map(({ id }) => id);
    await again.close();
    expect(ids).to.deep.equal(['hot', 'new']);
  });
});

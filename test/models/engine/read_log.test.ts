import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { FileEngine } from '../../../models/engine/file_engine.js';
import { recordsInLog } from '../../../models/engine/read_log.js';
import { StorageCorruptError } from '../../../models/engine/storage_engine.js';
import { useTempFolder } from '../../support/temp_folder.js';

describe('recordsInLog', () => {
  const folder = useTempFolder();
  const file = (): string => join(folder(), 'Thing.jsonl');
  let warnings: string[];
  beforeEach(() => {
    warnings = [];
  });

  const read = async () =>
    recordsInLog({ folder: folder(), model: 'Thing', indexes: [], warn: (text) => warnings.push(text) });

  it('gives what the last lines say, in the order of creation', async () => {
    const engine = await FileEngine.open({ folder: folder(), model: 'Thing', indexes: [] });
    for (const id of ['b', 'a', 'c']) await engine.put({ id });
    await engine.update('b', { seen: true });
    await engine.delete('a');
    await engine.close();

    expect(await read()).to.deep.equal([{ id: 'b', seen: true }, { id: 'c' }]);
    expect(warnings).to.deep.equal([]);
  });

  it('gives null where there is no file', async () => {
    expect(await read()).to.equal(null);
  });

  it('leaves a torn line out, and in the file', async () => {
    const engine = await FileEngine.open({ folder: folder(), model: 'Thing', indexes: [] });
    await engine.put({ id: 'a' });
    await engine.close();
    await appendFile(file(), '{"id":"b"');
    const before = await readFile(file());

    expect(await read()).to.deep.equal([{ id: 'a' }]);
    expect(warnings).to.deep.equal([`${file()}: leaving out a torn last line (9 bytes), never acknowledged`]);
    expect(await readFile(file())).to.deep.equal(before);
  });

  it('names the line that is none of ours', async () => {
    await writeFile(file(), '{"format":"gatehouse","version":1,"model":"Thing"}\n{"id":"a"}\n{}\n');

    const error = await read().catch((cause: unknown) => cause);

    expect(error).to.be.instanceOf(StorageCorruptError);
    expect(String(error)).to.contain(`${file()}, line 3 is JSON but no record`);
  });
});

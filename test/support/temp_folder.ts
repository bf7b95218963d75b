import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fs from 'fs-extra';
import { noteFolder } from './temp_storage.js';

/** Makes a folder for each test of the current suite and removes it afterwards; call the result for its path. */
export function useTempFolder(): () => string {
  let folder = '';
  beforeEach(async () => {
    folder = await fs.mkdtemp(join(tmpdir(), 'gatehouse-test-'));
  });
  afterEach(async () => {
    await noteFolder(folder);
    await fs.remove(folder);
  });
  return () => folder;
}

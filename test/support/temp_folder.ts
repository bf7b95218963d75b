import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fs from 'fs-extra';

/** Makes a folder for each test of the current suite and removes it afterwards; call the result for its path. */
export function useTempFolder(): () => string {
  let folder = '';
  beforeEach(async () => {
    folder = await fs.mkdtemp(join(tmpdir(), 'gatehouse-test-'));
  });
  afterEach(() => fs.remove(folder));
  return () => folder;
}

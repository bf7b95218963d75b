import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fs from 'fs-extra';

const folders = new Set<string>();
process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder that goes with the process at the latest. */
export async function scratchFolder(): Promise<string> {
  const folder = await fs.mkdtemp(join(tmpdir(), 'gatehouse-bench-'));
  folders.add(folder);
  return folder;
}

export async function removeFolder(folder: string): Promise<void> {
  await fs.remove(folder);
  folders.delete(folder);
}

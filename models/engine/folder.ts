import fs from 'fs-extra';
import { FolderLock, LOCK_FILE } from './folder_lock.js';

/** What Gatehouse itself puts into its folder; .gitkeep keeps the empty folder in the repository. */
const OURS = [
  LOCK_FILE,
  /^[A-Z]\w*\.jsonl(?:\.compact|\.rejected-[\w-]+|\.repair)?$/,
  /^keys\.json(?:\.[\da-f]+\.tmp)?$/,
  /^audit$/,
  /^\.gitkeep$/,
];

/**
 * Makes the storage folder ready and takes its lock. A folder that holds nothing but our files is made private
 * (0700); any other may be shared for a reason, so it is only warned about.
 * @throws StorageLockedError when another live process works in it; a system error when it cannot be used.
 */
export async function openFolder(folder: string, warn: (message: string) => void): Promise<FolderLock> {
  await fs.ensureDir(folder, 0o700);
  const lock = await FolderLock.acquire(folder);
  try {
    await makePrivate(folder, warn);
    return lock;
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Makes a folder ready that several processes may use, because no records are in it. */
export async function openSharedFolder(folder: string, warn: (message: string) => void): Promise<void> {
  await fs.ensureDir(folder, 0o700);
  await makePrivate(folder, warn);
}

async function makePrivate(folder: string, warn: (message: string) => void): Promise<void> {
  const { mode } = await fs.stat(folder);
  if ((mode & 0o077) === 0) return;
  const foreign = (await fs.readdir(folder)).find((file) => !OURS.some((pattern) => pattern.test(file)));
  if (foreign === undefined) await fs.chmod(folder, 0o700);
  else
    warn(
      `${folder} can be read by other users of this machine, and holds other files (${foreign}): chmod 700 it`,
    );
}

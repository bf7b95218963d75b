/** Takes the lock of a folder, says so, and holds it until it is killed. */
import { FolderLock } from '../../models/engine/folder_lock.js';

const [folder = ''] = process.argv.slice(2);
try {
  await FolderLock.acquire(folder);
  console.log(`owner ${process.pid}`);
  setInterval(() => {}, 1000);
} catch (error) {
  console.log(`refused ${(error as Error).message}`);
  process.disconnect?.();
}

import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { openStorage, type Storage } from '../../models/storage.js';
import { noteOutput } from './secrets.js';

const cleanUps: (() => Promise<void>)[] = [];

/** Has something undone after the test, before what was there already. */
export function cleanUpLater(cleanUp: () => Promise<void>): void {
  cleanUps.push(cleanUp);
}

/** A folder that is removed after the test. */
export async function tempFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-'));
  cleanUps.push(async () => {
    await noteFolder(folder);
    await rm(folder, { recursive: true, force: true });
  });
  return folder;
}

/** What is stored in a folder at this moment must hold no secret; see secrets.ts. */
export async function noteFolder(folder: string): Promise<void> {
  for (const [file, bytes] of Object.entries(await bytesOf(folder))) {
    noteOutput(file, () => Buffer.from(bytes, 'latin1').toString());
  }
}

/** Binds the models to files in this folder until the test is over, or the storage is closed. */
export async function storageIn(folder: string): Promise<Storage> {
  const storage = await openStorage({ folder, durableSessions: true, warn: () => {} });
  cleanUps.push(() => storage.close());
  return storage;
}

/** Every file of the folder as it is, byte for byte; the lock's socket has no bytes. */
export async function bytesOf(folder: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .toSorted();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'latin1')));
  return Object.fromEntries(files.map((file, index) => [file, texts[index] ?? '']));
}

/** Undoes what a test left behind; see setup.ts. */
export async function cleanUpStorage(): Promise<void> {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
}

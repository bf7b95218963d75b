import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import fs from 'fs-extra';
import { linesOfTrail } from '../audit/trail_lines.js';
import { FileEngine } from '../engine/file_engine.js';
import { openSharedFolder } from '../engine/folder.js';
import { FolderLock } from '../engine/folder_lock.js';
import { logPath, recordsInLog } from '../engine/read_log.js';
import type { StoredRecord } from '../engine/storage_engine.js';
import { slicesOf } from '../engine/table.js';
import { TRAIL, TrailRecords } from './trail.js';
import { writeTrailFiles } from './trail_writers.js';
import { SLICE, type Model, type Place, type PlaceOptions, type Writer } from './place.js';

/** A storage folder, held against servers for as long as it is open. */
export class FilePlace implements Place {
  readonly label: string;
  readonly identity: string;
  readonly #folder: string;
  readonly #lock: FolderLock;
  readonly #warn: (message: string) => void;

  private constructor(folder: string, identity: string, lock: FolderLock, { warn }: PlaceOptions) {
    this.label = `files in ${folder}`;
    this.identity = identity;
    this.#folder = folder;
    this.#lock = lock;
    this.#warn = warn;
  }

  /**
   * A target's folder is made when it is missing.
   * @throws StorageLockedError while a server works in the folder.
   */
  static async open(folder: string, options: PlaceOptions): Promise<FilePlace> {
    if (!options.isSource) await fs.ensureDir(folder, 0o700);
    else if (!(await fs.pathExists(folder))) throw new Error(`there is no folder ${folder}`);
    const lock = await FolderLock.acquire(folder);
    return new FilePlace(folder, await realpath(folder), lock, options);
  }

  async isThere(): Promise<boolean> {
    return fs.pathExists(logPath({ folder: this.#folder, model: 'User' }));
  }

  async *read(model: Model): AsyncGenerator<readonly StoredRecord[]> {
    yield* slicesOf(await this.#records(model, this.#warn), SLICE);
  }

  /** Counting them is reading them, which does not take long. */
  async count(model: Model): Promise<number> {
    return (await this.#records(model, () => {})).length;
  }

  async write(model: Model, work: (writer: Writer) => Promise<void>): Promise<void> {
    await openSharedFolder(this.#folder, this.#warn);
    if (model === TRAIL) return writeTrailFiles(this.#trailFolder, this.#warn, work);
    const { name, indexes } = model;
    const options = { folder: this.#folder, model: name, indexes, warn: this.#warn };
    const engine = await FileEngine.open(options);
    try {
      await work(engine);
    } finally {
      await engine.close();
    }
  }

  async note(): Promise<null> {
    return null;
  }

  async leaveNote(): Promise<void> {}

  howToEmpty({ name }: Model): string {
    return `move ${name === TRAIL.name ? this.#trailFolder : logPath({ folder: this.#folder, model: name })} away`;
  }

  async close(): Promise<void> {
    await this.#lock.release();
  }

  get #trailFolder(): string {
    return join(this.#folder, 'audit');
  }

  async #records(model: Model, warn: (message: string) => void): Promise<readonly StoredRecord[]> {
    if (model === TRAIL) {
      const records = new TrailRecords();
      return (await linesOfTrail(this.#trailFolder, warn)).map((line) => records.of(line));
    }
    const { name, indexes } = model;
    return (await recordsInLog({ folder: this.#folder, model: name, indexes, warn })) ?? [];
  }
}

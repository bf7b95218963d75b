import * as nodeFs from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** The file operations an engine needs, so that a test can put a failing disk in their place. */
export type FileSystem = Pick<typeof nodeFs, 'open' | 'rename' | 'stat' | 'unlink'>;

export const realFileSystem: FileSystem = nodeFs;

/** Windows and some network shares refuse a rename for a moment while a scanner or a backup holds the file. */
const BUSY = new Set(['EPERM', 'EACCES', 'EBUSY']);
const RENAME_TRIES = 8;
const COPY_CHUNK = 1 << 20;

/** The code of a system error, or an empty text. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** A sync failed: nobody knows what of the file is on the disk, whatever the cause says. */
export class SyncError extends Error {
  override readonly name = 'SyncError';

  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** A file that only grows. `size` is its durable length in bytes: what lies beyond was never acknowledged. */
export class LogFile {
  readonly #handle: FileHandle;
  #size: number;

  private constructor(handle: FileHandle, size: number) {
    this.#handle = handle;
    this.#size = size;
  }

  /** Opens an existing file, to be read only with `r`; null when there is none. */
  static async open(path: string, fs: FileSystem, flags: 'r' | 'r+' = 'r+'): Promise<LogFile | null> {
    try {
      // r+ with explicit positions rather than append mode: after a cut the next write must land at the cut.
      const { size } = await fs.stat(path);
      return new LogFile(await fs.open(path, flags), size);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return null;
      throw error;
    }
  }

  /** Makes a new empty file that only its owner can read; fails when it exists. */
  static async create(path: string, fs: FileSystem): Promise<LogFile> {
    return new LogFile(await fs.open(path, 'wx+', 0o600), 0);
  }

  get size(): number {
    return this.#size;
  }

  /** Writes at the end and waits until it is on the disk. After a throw, bytes beyond `size` are unknown. */
  async append(text: string): Promise<void> {
    const size = await this.#write(Buffer.from(text), this.#size);
    try {
      await this.#handle.datasync();
    } catch (error) {
      throw new SyncError(error);
    }
    this.#size = size;
  }

  /** Writes at the end without waiting for the disk: for a file nobody relies on before {@link sync}. */
  async appendLater(bytes: Buffer): Promise<void> {
    this.#size = await this.#write(bytes, this.#size);
  }

  async sync(): Promise<void> {
    await this.#handle.sync();
  }

  /** Cuts the file to this many bytes, durably. */
  async truncate(size: number): Promise<void> {
    await this.#handle.truncate(size);
    await this.#handle.datasync();
    this.#size = size;
  }

  /** Reads up to `bytes.length` bytes from a position: how many there were. */
  async read(bytes: Buffer, position: number): Promise<number> {
    return (await this.#handle.read(bytes, 0, bytes.length, position)).bytesRead;
  }

  /** Copies what was acknowledged from a position on to the end of another file; returns the new position. */
  async copyTail(from: number, target: LogFile): Promise<number> {
    const end = this.#size;
    const chunk = Buffer.alloc(Math.min(COPY_CHUNK, Math.max(end - from, 1)));
    while (from < end) {
      const length = await this.read(chunk.subarray(0, Math.min(chunk.length, end - from)), from);
      if (length === 0) throw new Error('the file is shorter than what was written to it');
      await target.appendLater(chunk.subarray(0, length));
      from += length;
    }
    return end;
  }

  /** Takes others' rights away; the file may have come from a backup or an editor. */
  async makePrivate(): Promise<void> {
    const { mode } = await this.#handle.stat();
    if ((mode & 0o777) !== 0o600) await this.#handle.chmod(0o600);
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  /** True when a path names this file: a rename may have taken effect although it reported an error. */
  async isAt(path: string, fs: FileSystem): Promise<boolean> {
    const [there, here] = await Promise.all([fs.stat(path), this.#handle.stat()]);
    return there.ino === here.ino && there.dev === here.dev;
  }

  /** Gives the file to the owner of another one, as far as this process may. */
  async giveTo(owner: { readonly uid: number; readonly gid: number }): Promise<void> {
    const { uid, gid } = await this.#handle.stat();
    if (uid !== owner.uid || gid !== owner.gid) await this.#handle.chown(owner.uid, owner.gid);
  }

  async #write(bytes: Buffer, position: number): Promise<number> {
    for (let written = 0; written < bytes.length;) {
      const { bytesWritten } = await this.#handle.write(
        bytes,
        written,
        bytes.length - written,
        position + written,
      );
      if (bytesWritten === 0) throw new Error('nothing could be written');
      written += bytesWritten;
    }
    return position + bytes.length;
  }
}

/** Makes a rename or a new name in the file's folder durable. */
export async function syncFolderOf(path: string, fs: FileSystem): Promise<void> {
  const folder = await fs.open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Renames over `to`, trying again for about a second while something else holds the file. */
export async function renamePatiently(from: string, to: string, fs: FileSystem): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await fs.rename(from, to);
      return;
    } catch (error) {
      if (!BUSY.has(errorCode(error)) || attempt === RENAME_TRIES) throw error;
      await delay(2 ** attempt * 4);
    }
  }
}

/** Removes a file; a missing one is fine. */
export async function unlinkQuietly(path: string, fs: FileSystem): Promise<void> {
  try {
    await fs.unlink(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

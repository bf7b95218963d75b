import type { FileHandle } from 'node:fs/promises';
import { realFileSystem, type FileSystem } from '../../models/engine/log_file.js';

/** An operation that can be made to fail. `write` fails half way: half of the bytes are in the file. */
export type Operation = 'open' | 'read' | 'write' | 'datasync' | 'sync' | 'truncate' | 'rename' | 'unlink';

/** A disk that fails when told to: `fail(operation, code, times)` makes its next uses throw that error. */
export class FaultyDisk {
  readonly #uses = new Map<Operation, number>();
  readonly #faults = new Map<Operation, { code: string; times: number }>();
  #isStalled = false;
  readonly fs: FileSystem = {
    ...realFileSystem,
    open: (async (path: string, flags: string, mode?: number) => {
      this.#meet('open');
      return this.#wrap(await realFileSystem.open(path, flags, mode));
    }) as FileSystem['open'],
    rename: async (from, to) => {
      this.#meet('rename');
      await realFileSystem.rename(from, to);
    },
    unlink: async (path) => {
      this.#meet('unlink');
      await realFileSystem.unlink(path);
    },
  };

  fail(operation: Operation, code: string, times = 1): void {
    this.#faults.set(operation, { code, times });
  }

  /** From now on every write takes no byte and reports no error. */
  stall(): void {
    this.#isStalled = true;
  }

  heal(): void {
    this.#isStalled = false;
    this.#faults.clear();
  }

  /** How often an operation was used so far. */
  used(operation: Operation): number {
    return this.#uses.get(operation) ?? 0;
  }

  #meet(operation: Operation): void {
    this.#uses.set(operation, this.used(operation) + 1);
    const fault = this.#faults.get(operation);
    if (!fault || fault.times === 0) return;
    fault.times -= 1;
    throw Object.assign(new Error(`${fault.code}: injected into ${operation}`), { code: fault.code });
  }

  #wrap(handle: FileHandle): FileHandle {
    return new Proxy(handle, {
      get: (target, name: keyof FileHandle) => {
        const value: unknown = target[name];
        if (typeof value !== 'function') return value;
        return async (...args: unknown[]) => {
          if (name === 'write' && this.#isStalled) return { bytesWritten: 0 };
          if (name === 'write')
            await this.#writeHalfOnFault(target, args as [Buffer, number, number, number]);
          else if (name === 'read' || name === 'datasync' || name === 'sync' || name === 'truncate')
            this.#meet(name);
          return (value as (...all: unknown[]) => unknown).apply(target, args);
        };
      },
    });
  }

  async #writeHalfOnFault(
    target: FileHandle,
    [bytes, offset, length, position]: [Buffer, number, number, number],
  ) {
    try {
      this.#meet('write');
    } catch (error) {
      await target.write(bytes, offset, Math.floor(length / 2), position);
      throw error;
    }
  }
}

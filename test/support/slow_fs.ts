import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FileSystem } from '../../models/engine/log_file.js';

/** A disk on which each operation first waits for as many turns of the event loop as `turns` says. */
export function slowFs(base: FileSystem, turns: () => number): FileSystem {
  const wait = async (): Promise<void> => {
    for (let left = turns(); left > 0; left -= 1) await nextTurn();
  };
  return {
    open: async (...args) => {
      const handle = await base.open(...args);
      await wait();
      return new Proxy(handle, {
        get(target, name) {
          const value: unknown = Reflect.get(target, name, target);
          if (typeof value !== 'function') return value;
          return async (...all: unknown[]) => {
            await wait();
            return (value as (...every: unknown[]) => unknown).apply(target, all);
          };
        },
      });
    },
    stat: base.stat,
    rename: async (from, to) => {
      await wait();
      await base.rename(from, to);
    },
    unlink: async (path) => {
      await wait();
      await base.unlink(path);
    },
  };
}

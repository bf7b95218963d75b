import { setTimeout as sleep } from 'node:timers/promises';
import { currentTime } from '../../../../models/base.js';
import { StorageUnavailableError } from '../../../../models/engine/storage_engine.js';
import { ThrottleEntry } from '../../../../models/throttle_entry.js';
import type { SlotKey } from '../entries.js';
import { LIMITS } from '../limits.js';

/** A change of an entry as it is found; what it leaves undone is not written. */
type Step<T> = (entry: ThrottleEntry) => T;

/** A change that waits, and whoever waits for it. */
interface Waiting {
  readonly step: Step<() => void>;
  readonly failed: (reason: unknown) => void;
}

/**
 * The throttle's entries in a store that other processes count in as well. Nothing of them is kept here: they are read
 * when they are needed, and changed by compare and set. What this process wants to change of one entry at the same
 * time is one write, so that a flood costs few, and only processes have to give way to each other.
 */
export class SharedEntries {
  /** What is to be changed of an entry once the write that is under way has come to its end. */
  readonly #waiting = new Map<string, Waiting[]>();

  /** The entry with this key as it is now, a new one if there is none. */
  async read(key: SlotKey): Promise<ThrottleEntry> {
    const entry = await load(key);
    // A wait must come to its end although the clock was set back: that is kept, or it would begin anew each time.
    if (entry.tried_at.getTime() - currentTime() > LIMITS.shared.ahead * 1000)
      return this.change(key, (kept) => kept);
    bringUpToNow(entry);
    return entry;
  }

  /**
   * Changes an entry and resolves to what the change says once it is durable. The step is done again, on what the
   * entry then is, whenever another process comes first.
   * @throws StorageUnavailableError, also when others keep coming first.
   */
  async change<T>(key: SlotKey, step: Step<T>): Promise<T> {
    return new Promise<T>((done, failed) => {
      const waiting: Waiting = {
        failed,
        step: (entry) => {
          const result = step(entry);
          return () => done(result);
        },
      };
      const others = this.#waiting.get(key.id);
      if (others) others.push(waiting);
      else void this.#work(key, [waiting]);
    });
  }

  /** Writes for those who wait until nobody does. */
  async #work(key: SlotKey, first: Waiting[]): Promise<void> {
    for (let batch = first; batch.length > 0; batch = this.#waiting.get(key.id) ?? []) {
      this.#waiting.set(key.id, []);
      try {
        for (const tell of await this.#write(key, batch)) tell();
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
    }
    this.#waiting.delete(key.id);
  }

  async #write(key: SlotKey, batch: readonly Waiting[]): Promise<(() => void)[]> {
    const end = performance.now() + LIMITS.shared.contention * 1000;
    for (let tries = 1; performance.now() < end; tries += 1) {
      const entry = await load(key);
      const before = contentOf(entry);
      bringUpToNow(entry);
      const tell = batch.map(({ step }) => step(entry));
      if (contentOf(entry) === before || (await entry.saveIfCurrent())) return tell;
      // The more often others come first, the longer they are left alone.
      await sleep(Math.random() * 4 * Math.min(tries, 10));
    }
    throw new StorageUnavailableError('too many servers count the same thing');
  }
}

async function load({ id, ...attributes }: SlotKey): Promise<ThrottleEntry> {
  return (await ThrottleEntry.get(id)) ?? new ThrottleEntry({ id, ...attributes });
}

function bringUpToNow(entry: ThrottleEntry): void {
  const now = currentTime();
  entry.setBackTo(now);
  if (entry.expires_at.getTime() > now) return;
  entry.clear();
  entry.pending = [];
  entry.unlocks = 0;
}

function contentOf({ wrong, pending, networks, unlocks, tried_at, expires_at }: ThrottleEntry): string {
  return JSON.stringify([wrong, pending, networks, unlocks, tried_at, expires_at]);
}

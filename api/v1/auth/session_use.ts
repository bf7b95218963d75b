import { setImmediate as nextTurn } from 'node:timers/promises';
import { UserSession } from '../../../models/user_session.js';
import { SplitMap } from './split_map.js';

/** Use is written at most this often (milliseconds) ... */
const WRITE_EVERY = 60_000;
/** ... and at least so many times within the idle limit, so that a crash forgets little of it. */
const WRITES_PER_LIMIT = 10;

/**
 * When each session was last used. It counts at once, in memory, and is written now and then without anybody
 * waiting for it: a crash may lose one interval of it, nothing else.
 */
export class SessionUse {
  readonly #writeEvery: number;
  /** Use that is newer than what is stored, in milliseconds since 1970. */
  readonly #unwritten = new SplitMap<number>();
  readonly #writing = new Set<string>();

  constructor(idleSeconds: number) {
    const limit = idleSeconds === 0 ? Infinity : idleSeconds * 1000;
    this.#writeEvery = Math.min(WRITE_EVERY, limit / WRITES_PER_LIMIT);
  }

  /** When the session was last used, in milliseconds since 1970. */
  lastOf(session: UserSession): number {
    return Math.max(session.last_seen_at.getTime(), this.#unwritten.get(session.id) ?? 0);
  }

  note(session: UserSession, now: number): void {
    this.#unwritten.set(session.id, now);
    const isDue = now - session.last_seen_at.getTime() >= this.#writeEvery;
    // Nobody waits: a storage that fails now will answer for itself on the next write that somebody relies on.
    if (isDue && !this.#writing.has(session.id)) this.#write(session.id, now).catch(() => {});
  }

  forget(id: string): void {
    this.#unwritten.delete(id);
  }

  /** Forgets sessions that are no longer stored, letting other work go on in between. */
  async forgetEnded(): Promise<void> {
    for (const slice of this.#unwritten.slices()) {
      // Many at once: a store on a server answers them together.
      const sessions = await Promise.all(slice.map(([id]) => UserSession.get(id)));
      slice.forEach(([id], index) => {
        if (!sessions[index]) this.forget(id);
      });
      await nextTurn();
    }
  }

  /** Writes what is not written yet, when the server stops. */
  async writeAll(): Promise<void> {
    const unwritten = [...this.#unwritten.slices()].flat();
    await Promise.allSettled(unwritten.map(([id, at]) => this.#write(id, at)));
  }

  async #write(id: string, at: number): Promise<void> {
    this.#writing.add(id);
    try {
      const isThere = await UserSession.noteUse(id, at);
      if (!isThere || this.#unwritten.get(id) === at) this.forget(id);
    } finally {
      this.#writing.delete(id);
    }
  }
}

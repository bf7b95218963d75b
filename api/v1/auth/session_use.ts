import { setImmediate as nextTurn } from 'node:timers/promises';
import { currentTime } from '../../../models/base.js';
import { UserSession } from '../../../models/user_session.js';
import { SplitMap } from './split_map.js';

/** Use is written at most this often (milliseconds) ... */
const WRITE_EVERY = 60_000;
/** ... and at least so many times within the idle limit, so that a crash forgets little of it. */
const WRITES_PER_LIMIT = 10;

/**
 * When each session was last used. It counts at once, in memory, and is written now and then without anybody
 * waiting for it: a crash may lose one interval of it, nothing else.
 *
 * Where other servers use the same sessions, a use that one of them has not written yet is less than an interval later
 * than what is stored, or it would have been written. So the clock runs from then: no session ends as idle that was
 * used in time, on whatever server, and an unused one lives for an interval longer at most. What is in memory adds
 * nothing to that once the interval is over.
 */
export class SessionUse {
  readonly #limit: number;
  readonly #writeEvery: number;
  /** Use that is newer than what is stored, in milliseconds since 1970. */
  readonly #unwritten = new SplitMap<number>();
  readonly #writing = new Map<string, Promise<void>>();

  constructor(idleSeconds: number) {
    this.#limit = idleSeconds === 0 ? Infinity : idleSeconds * 1000;
    this.#writeEvery = Math.min(WRITE_EVERY, this.#limit / WRITES_PER_LIMIT);
  }

  /** When the session was last used as far as this process knows, in milliseconds since 1970. */
  lastOf(session: UserSession): number {
    return Math.max(session.last_seen_at.getTime(), this.#unwritten.get(session.id) ?? 0);
  }

  /** When the session has been idle for too long unless it is used before, in milliseconds since 1970. */
  idleEndOf(session: UserSession): number {
    const written = session.last_seen_at.getTime() + (UserSession.isShared() ? this.#writeEvery : 0);
    return Math.max(written, this.#unwritten.get(session.id) ?? 0) + this.#limit;
  }

  /**
   * Notes a use.
   * @returns null when nobody has to wait, as a rule. A use that came after what is stored allows must be known to the
   * other servers before it is answered: what resolves once it is, or cannot be now.
   */
  note(session: UserSession, now: number): Promise<void> | null {
    this.#unwritten.set(session.id, now);
    const unknownFor = now - session.last_seen_at.getTime();
    if (unknownFor < this.#writeEvery) return null;
    const written = this.#writing.get(session.id) ?? this.#write(session.id, now);
    return unknownFor > this.#limit ? written : null;
  }

  forget(id: string): void {
    this.#unwritten.delete(id);
  }

  /** Forgets what is of no more use, letting other work go on in between. */
  async tidy(): Promise<void> {
    for (const slice of this.#unwritten.slices()) {
      const isOver = await this.#areOver(slice);
      slice.forEach(([id], index) => {
        if (isOver[index]) this.forget(id);
      });
      await nextTurn();
    }
  }

  /** Writes what is not written yet, when the server stops; other servers do without. */
  async writeAll(): Promise<void> {
    if (UserSession.isShared()) return;
    const unwritten = [...this.#unwritten.slices()].flat();
    await Promise.all(unwritten.map(([id, at]) => this.#write(id, at)));
  }

  /** Which sessions have ended; with other servers, which uses are too old to add anything, and no store is asked. */
  async #areOver(uses: readonly (readonly [id: string, at: number])[]): Promise<boolean[]> {
    if (UserSession.isShared()) return uses.map(([, at]) => currentTime() - at >= this.#writeEvery);
    return Promise.all(uses.map(async ([id]) => (await UserSession.get(id)) === null));
  }

  /** A storage that fails now will answer for itself on the next write that somebody relies on. */
  #write(id: string, at: number): Promise<void> {
    const written = this.#writeNow(id, at)
      .catch(() => {})
      .finally(() => this.#writing.delete(id));
    this.#writing.set(id, written);
    return written;
  }

  async #writeNow(id: string, at: number): Promise<void> {
    const isThere = await UserSession.noteUse(id, at);
    if (!isThere || this.#unwritten.get(id) === at) this.forget(id);
  }
}

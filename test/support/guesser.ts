import { Throttle, TooManyAttemptsError, type Attempting } from '../../api/services/throttle.js';
import { bindModel, useClock } from '../../models/base.js';
import { MemoryEngine } from '../../models/engine/memory_engine.js';
import { useMemory } from '../../models/storage.js';
import { ThrottleEntry } from '../../models/throttle_entry.js';
import { TestClock } from './clock.js';

/** What came of a try: the password's outcome, or the seconds to wait. */
export type Outcome = 'right' | 'wrong' | number;

const RIGHT = 'right';

/** Somebody's passwords before a throttle, with the hashes counted and a clock that the test moves. */
export class Guesser {
  readonly clock: TestClock;
  throttle: Throttle;
  hashes = 0;

  constructor(options: { throttle?: Throttle; clock?: TestClock } = {}) {
    this.throttle = options.throttle ?? new Throttle();
    this.clock = options.clock ?? new TestClock();
    useClock(() => this.clock.now);
  }

  async try(who: Partial<Attempting>, password: string): Promise<Outcome> {
    const attempting = { email: 'bob@example.org', address: '192.0.2.7', ...who };
    try {
      const user = await this.throttle.guard(attempting, () => this.#hash(password));
      return user === null ? 'wrong' : 'right';
    } catch (error) {
      if (error instanceof TooManyAttemptsError) return error.retryAfter;
      throw error;
    }
  }

  wrong(who: Partial<Attempting> = {}): Promise<Outcome> {
    return this.try(who, 'wrong');
  }

  right(who: Partial<Attempting> = {}): Promise<Outcome> {
    return this.try(who, RIGHT);
  }

  /** So many wrong tries one after the other, each once it may be made. */
  async wrongPatiently(times: number, who: Partial<Attempting> = {}): Promise<void> {
    for (let made = 0; made < times;) {
      const outcome = await this.wrong(who);
      if (typeof outcome === 'number') this.clock.advance(outcome);
      else made += 1;
    }
  }

  /** Wrong tries for one account, each from another network, so that only the account's own limit counts. */
  async wrongFromAnywhere(times: number, email = 'bob@example.org'): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for (let made = 0; made < times; made += 1) {
      outcomes.push(await this.wrong({ email, address: `203.0.${made % 250}.${Math.floor(made / 250)}` }));
    }
    return outcomes;
  }

  async #hash(password: string): Promise<object | null> {
    this.hashes += 1;
    // A real one takes its time on other threads.
    await new Promise((resolve) => setImmediate(resolve));
    return password === RIGHT ? {} : null;
  }
}

/** Where a throttle may count: in memory, or in a store that other processes count in as well. */
export const PLACES = ['memory', 'a shared store'] as const;
export type Place = (typeof PLACES)[number];

/** A guesser before an empty throttle, anew for each test; call the result for it. */
export function useGuesser(place: Place = 'memory'): () => Guesser {
  let guesser: Guesser;
  beforeEach(() => {
    useMemory();
    if (place !== 'memory') useSharedMemory();
    guesser = new Guesser();
  });
  afterEach(() => {
    useClock(Date.now);
    useMemory();
  });
  return () => guesser;
}

/** Has the throttle count as if other processes used the same store. */
export function useSharedMemory(): void {
  bindModel(ThrottleEntry, new MemoryEngine(ThrottleEntry), { isShared: true });
}

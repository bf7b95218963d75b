import { Session, type Profiler } from 'node:inspector/promises';
import { PerformanceObserver } from 'node:perf_hooks';
import { causeOf } from './causes.js';

/** Shorter ones are not worth a name (milliseconds). */
const WORTH_A_NAME = 20;
/** Milliseconds between two looks at the clock. */
const EVERY = 5;
/** Microseconds between two samples of a profile. */
const SAMPLE_EVERY = 500;

/** A time in which the event loop answered nobody. */
export interface Stall {
  readonly ms: number;
  readonly cause: string;
}

/** What was seen of the event loop since the watch began. */
export interface Stalls {
  /** Milliseconds of the longest stop, worth a name or not. */
  readonly longest: number;
  /** Those that are worth a name, longest first. */
  readonly stalls: readonly Stall[];
}

/** A stop with what is known of it, times in milliseconds of `performance.now()`. */
export interface Gap {
  readonly from: number;
  readonly to: number;
  /** Milliseconds of CPU that the process used meanwhile. */
  readonly cpu: number;
  /** Milliseconds of it that went into collecting garbage. */
  collecting: number;
}

/** Watches the event loop of its own process. */
export class StallWatch {
  readonly #gaps: Gap[] = [];
  readonly #collections: { from: number; ms: number }[] = [];
  readonly #observer = new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries())
      this.#collections.push({ from: startTime, ms: duration });
  });
  #timer: NodeJS.Timeout | null = null;
  #session: Session | null = null;
  #longest = 0;
  #last = { at: performance.now(), cpu: process.cpuUsage() };

  /** @param isProfiled true to name the functions; it slows everything down. */
  async start(isProfiled: boolean): Promise<void> {
    if (isProfiled) {
      this.#session = new Session();
      this.#session.connect();
      await this.#session.post('Profiler.enable');
      await this.#session.post('Profiler.setSamplingInterval', { interval: SAMPLE_EVERY });
      await this.#session.post('Profiler.start');
    }
    this.#observer.observe({ entryTypes: ['gc'] });
    this.#last = { at: performance.now(), cpu: process.cpuUsage() };
    this.#timer = setInterval(() => this.#look(), EVERY).unref();
  }

  async stop(): Promise<Stalls> {
    // What stands still right now would otherwise be the one stop that nobody sees.
    this.#look();
    clearInterval(this.#timer ?? undefined);
    // The observer is told a turn later.
    await new Promise((done) => setTimeout(done, EVERY));
    this.#observer.disconnect();
    const profile = await this.#endProfile();
    for (const gap of this.#gaps) gap.collecting = this.#collectingIn(gap);
    const stalls = this.#gaps.map((gap) => ({ ms: gap.to - gap.from, cause: causeOf(gap, profile) }));
    return { longest: this.#longest, stalls: stalls.toSorted((one, other) => other.ms - one.ms) };
  }

  #look(): void {
    const { at: from, cpu: before } = this.#last;
    const to = performance.now();
    const { user, system } = process.cpuUsage(before);
    this.#last = { at: to, cpu: process.cpuUsage() };
    const ms = to - from - EVERY;
    this.#longest = Math.max(this.#longest, ms);
    if (ms > WORTH_A_NAME) this.#gaps.push({ from, to, cpu: (user + system) / 1000, collecting: 0 });
  }

  #collectingIn({ from, to }: Gap): number {
    const inside = this.#collections.map((one) => Math.min(to, one.from + one.ms) - Math.max(from, one.from));
    return inside.filter((ms) => ms > 0).reduce((sum, ms) => sum + ms, 0);
  }

  async #endProfile(): Promise<Profiler.Profile | null> {
    if (!this.#session) return null;
    const { profile } = await this.#session.post('Profiler.stop');
    this.#session.disconnect();
    return profile;
  }
}

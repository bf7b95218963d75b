import { readdirSync, statSync } from 'node:fs';
import { usageOf, type Server } from '../lib/server.js';
import { median } from '../lib/stats.js';

/** What a server takes at a moment; Linux only. */
export interface Sample {
  readonly seconds: number;
  /** Megabytes. */
  readonly rss: number;
  readonly handles: number;
}

/** Files, sockets and everything else that a process has open. */
export function handlesOf({ child }: Server): number {
  return readdirSync(`/proc/${child.pid}/fd`).length;
}

/** Counts how often a file was replaced by another: each compaction does it once. */
export class Replacements {
  readonly #path: string;
  #inode: number;
  count = 0;

  constructor(path: string) {
    this.#path = path;
    this.#inode = statSync(path).ino;
  }

  look(): void {
    const { ino } = statSync(this.#path);
    if (ino !== this.#inode) this.count += 1;
    this.#inode = ino;
  }
}

/** Takes samples until it is stopped. */
export class Sampler {
  readonly #start = performance.now();
  readonly #server: Server;
  readonly #timer: NodeJS.Timeout;
  readonly samples: Sample[] = [];

  constructor(server: Server, every: number, alsoDo: (sample: Sample) => void) {
    this.#server = server;
    this.#timer = setInterval(() => alsoDo(this.take()), every);
  }

  take(): Sample {
    const seconds = Math.round((performance.now() - this.#start) / 1000);
    const sample = { seconds, rss: usageOf(this.#server).rss, handles: handlesOf(this.#server) };
    this.samples.push(sample);
    return sample;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

/** How memory went after the first minute. */
export interface Memory {
  /** Megabytes: at the end of the first minute, most and least after it. */
  readonly first: number;
  readonly most: number;
  readonly least: number;
  /** Megabytes a minute, by least squares. */
  readonly slope: number;
  /** The median of the last third over that of the first third: 1 is flat. */
  readonly growth: number;
}

/** Null when there is too little to say anything. */
export function memoryOf(samples: readonly Sample[]): Memory | null {
  const later = samples.filter(({ seconds }) => seconds >= 60);
  if (later.length < 6) return null;
  const rss = later.map((sample) => sample.rss);
  const minutes = later.map(({ seconds }) => seconds / 60);
  const [middle, height] = [mean(minutes), mean(rss)];
  const covariance = mean(minutes.map((at, i) => (at - middle) * ((rss[i] ?? 0) - height)));
  const third = Math.floor(rss.length / 3);
  return {
    first: rss[0] ?? Number.NaN,
    most: Math.max(...rss),
    least: Math.min(...rss),
    slope: covariance / mean(minutes.map((at) => (at - middle) ** 2)),
    growth: median(rss.slice(-third)) / median(rss.slice(0, third)),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, one) => sum + one, 0) / values.length;
}

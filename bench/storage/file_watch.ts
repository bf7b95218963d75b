import { statSync } from 'node:fs';

/** What the server does besides answering, as far as its files tell. */
export type Doing = 'nothing' | 'sweep' | 'compaction';

const EVERY = 20;
/** Writes that are no sweep's: the use of the readers' session is noted once a minute. */
const STRAY_WRITES = 2;

/** Looks again and again at a model's file, and at the one that a compaction writes. */
export class FileWatch {
  readonly #path: string;
  readonly #timer: NodeJS.Timeout;
  #looks = 0;
  #changed = 0;
  #compacting = 0;
  #size = 0;

  constructor(path: string) {
    this.#path = path;
    this.#timer = setInterval(() => this.#look(), EVERY);
  }

  /** What was done since the last call. A sweep under load changes the file by fits and starts. */
  reset(): Doing {
    const [looks, changed, compacting] = [this.#looks, this.#changed, this.#compacting];
    this.#looks = this.#changed = this.#compacting = 0;
    if (compacting * 2 > looks) return 'compaction';
    return changed > STRAY_WRITES ? 'sweep' : 'nothing';
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const size = sizeOf(this.#path);
    this.#looks += 1;
    if (size !== this.#size) this.#changed += 1;
    if (sizeOf(`${this.#path}.compact`) >= 0) this.#compacting += 1;
    this.#size = size;
  }
}

/** The bytes of a file; -1 when there is none. */
function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? -1;
}

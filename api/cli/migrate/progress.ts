/** Milliseconds between two lines where nobody watches, and between two looks of the bar where somebody does. */
const LINE_EVERY = 1000;
const BAR_EVERY = 100;
const BAR_WIDTH = 30;

/** Where progress is shown: standard error, as a rule. */
export interface Screen {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Shows how far some work is: as a bar on a terminal, else as a plain line now and then. */
export class Progress {
  readonly #screen: Screen;
  readonly #now: () => number;
  #what = '';
  #total: number | null = null;
  #startedAt = 0;
  #shownAt = 0;
  #isShown = false;

  /** @param now milliseconds that only grow. */
  constructor(screen: Screen, now: () => number = () => performance.now()) {
    this.#screen = screen;
    this.#now = now;
  }

  /** @param total null: not known. */
  start(what: string, total: number | null): void {
    [this.#what, this.#total] = [what, total];
    this.#startedAt = this.#shownAt = this.#now();
  }

  /** Says that so many are done by now. Cheap enough to be called for each. */
  step(done: number): void {
    const now = this.#now();
    if (now - this.#shownAt < (this.#screen.isTTY ? BAR_EVERY : LINE_EVERY)) return;
    this.#shownAt = now;
    const rate = Math.round(done / ((now - this.#startedAt) / 1000));
    const text = `${this.#what}: ${this.#share(done)}, ${grouped(rate)} a second`;
    this.#screen.write(this.#screen.isTTY ? `\r${text}\u001B[K` : `${text}\n`);
    this.#isShown = true;
  }

  /** Takes the bar away, so that other lines can be written. */
  end(): void {
    if (this.#isShown && this.#screen.isTTY) this.#screen.write('\r\u001B[K');
    this.#isShown = false;
  }

  #share(done: number): string {
    if (this.#total === null) return grouped(done);
    const text = `${grouped(done)} of ${grouped(this.#total)}`;
    if (!this.#screen.isTTY) return text;
    const share = this.#total === 0 ? 1 : Math.min(1, done / this.#total);
    const full = Math.round(share * BAR_WIDTH);
    return `[${'#'.repeat(full)}${'.'.repeat(BAR_WIDTH - full)}] ${text}`;
  }
}

/** A number as people read it: 12,345. */
export function grouped(number: number): string {
  return number.toLocaleString('en-US');
}

/** A clock that stands still until it is moved; starts at the present second. */
export class TestClock {
  /** Milliseconds since 1970. */
  now = Math.floor(Date.now() / 1000) * 1000;

  advance(seconds: number): void {
    this.now += seconds * 1000;
  }
}

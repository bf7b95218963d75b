import { Client } from '../lib/client.js';
import { WHO_AM_I } from '../lib/gatehouse.js';

/** Milliseconds between two requests. */
const EVERY = 5;

/** Reads now and then, whether the last answer has come or not, and notes how long each took (milliseconds). */
export class LightReader {
  readonly #client: Client;
  readonly #timer: NodeJS.Timeout;
  readonly #pending = new Set<Promise<void>>();
  readonly times: number[] = [];

  constructor(port: number, cookie: string) {
    this.#client = new Client(port);
    this.#timer = setInterval(() => {
      const read = this.#read(cookie).finally(() => this.#pending.delete(read));
      this.#pending.add(read);
    }, EVERY);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#pending);
    this.#client.close();
  }

  async #read(cookie: string): Promise<void> {
    const start = performance.now();
    const { status } = await this.#client.send('GET', WHO_AM_I, { cookie });
    if (status !== 200) throw new Error(`a reader was answered with ${status}`);
    this.times.push(performance.now() - start);
  }
}

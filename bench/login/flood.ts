import { Client } from '../lib/client.js';
import { emailOf, PASSWORD } from '../lib/seed.js';

/** Clients that log in again and again, each to an account of its own, as soon as the last login is answered. */
export class LoginFlood {
  readonly #client: Client;
  readonly #loops: Promise<void>[];
  #isOver = false;
  /** When each login was answered, in milliseconds. */
  readonly times: number[] = [];

  constructor(port: number, clients: number) {
    this.#client = new Client(port);
    this.#loops = Array.from({ length: clients }, (_, i) => this.#loop(emailOf(i)));
  }

  /** Resolves once the last login is answered: what is begun is a server's work for seconds still. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#loops);
    this.#client.close();
  }

  async #loop(email: string): Promise<void> {
    while (!this.#isOver) {
      const { status } = await this.#client.send('POST', '/auth/login', {
        body: { email, password: PASSWORD },
      });
      if (status !== 200) throw new Error(`a login was answered with ${status}`);
      this.times.push(performance.now());
    }
  }
}

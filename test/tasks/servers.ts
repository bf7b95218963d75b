import { Front } from '../support/front.js';
import { Server, type ServerOptions } from './server.js';

/** Some servers with the same settings and the same folder, one behind the other's back: connections go to them in turn. */
export class Servers {
  readonly #servers: readonly Server[];
  #front: Front | null = null;

  constructor(count: number, options: ServerOptions) {
    this.#servers = Array.from({ length: count }, () => new Server(options));
  }

  /** Everything the first of them has written. */
  get output(): string {
    return this.#servers[0]?.output ?? '';
  }

  /** Resolves to the port in front of them once all take requests, to null when one has ended instead. */
  async started(): Promise<string | null> {
    const ports = await Promise.all(this.#servers.map((server) => server.started()));
    if (ports.length === 1) return ports[0] ?? null;
    if (ports.includes(null)) {
      await this.stop();
      return null;
    }
    this.#front = await Front.start(ports.map(Number));
    return String(this.#front.port);
  }

  /** Asks all to stop; resolves once they have, to false when one had to be killed or ended badly. */
  async stop(): Promise<boolean> {
    this.#front?.close();
    const stopped = await Promise.all(this.#servers.map((server) => server.stop()));
    return stopped.every(Boolean);
  }

  kill(): void {
    this.#front?.close();
    for (const server of this.#servers) server.kill();
  }
}

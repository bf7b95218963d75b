import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

const running = new Set<AnswerProxy>();

/** Stands before a server on this machine and lets everything through, until it is told to drop an answer. */
export class AnswerProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** How many answers were dropped so far. */
  dropped = 0;
  /** Told of all that comes from clients, each on a connection of its own. */
  heard: ((data: Buffer, connection: Socket) => void) | null = null;
  #drops: ((question: string) => boolean) | null = null;

  private constructor(port: number) {
    this.#server = createServer((client) => this.#join(client, connect(port, '127.0.0.1')));
  }

  /** Resolves once it listens, on a port of its own. */
  static async start(port: number): Promise<AnswerProxy> {
    const proxy = new AnswerProxy(port);
    running.add(proxy);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Once the server answers the next question that has this text, the connection is cut and the answer lost. */
  dropAnswerTo(text: string): void {
    this.#drops = (question) => question.includes(text);
  }

  async stop(): Promise<void> {
    running.delete(this);
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((done) => this.#server.close(done));
  }

  #join(client: Socket, server: Socket): void {
    let isDoomed = false;
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => {
        client.destroy();
        server.destroy();
        this.#sockets.delete(socket);
      });
    }
    client.on('data', (data) => {
      this.heard?.(data, client);
      if (this.#drops?.(data.toString('latin1'))) {
        this.#drops = null;
        isDoomed = true;
        this.dropped += 1;
      }
      server.write(data);
    });
    server.on('data', (data) => {
      if (isDoomed) client.destroy();
      else client.write(data);
    });
  }
}

/** Ends what a test started; see setup.ts. */
export async function stopProxies(): Promise<void> {
  await Promise.all([...running].map((proxy) => proxy.stop()));
}

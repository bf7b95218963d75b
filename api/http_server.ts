import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { once } from 'node:events';
import { statusText } from './errors.js';

/** Longer than a proxy's own: it must not send a request on a connection that we are just closing. */
const KEEP_ALIVE = 65_000;

/** What the parser's errors amount to; anything else is a bad request. */
const PARSER_STATUS: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** An HTTP server that can stop without cutting off a request it has begun to answer. */
export class HttpServer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #answering = new Map<ServerResponse, Socket>();
  #stopping: Promise<void> | null = null;

  constructor(listener: RequestListener) {
    this.#server = createServer({ keepAliveTimeout: KEEP_ALIVE });
    this.#server.on('connection', (socket: Socket) => this.#watch(socket));
    this.#server.on('request', (_request, response) => this.#begin(response));
    this.#server.on('request', listener);
    this.#server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
      response.writeHead(417, { 'Content-Type': 'application/json' }).end(errorBody(417));
    });
    this.#server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => refuse(socket, error));
  }

  /** Resolves to the port once it accepts connections; fails when the address cannot be had. */
  async listen(port: number, host: string): Promise<number> {
    this.#server.listen(port, host);
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  /**
   * Takes no new request and resolves once those under way are answered; what is left after `deadline` milliseconds
   * is cut off. Connections without a request, those that never sent a byte too, are closed at once.
   */
  stop(deadline: number): Promise<void> {
    this.#stopping ??= this.#drain(deadline);
    return this.#stopping;
  }

  async #drain(deadline: number): Promise<void> {
    const closed = new Promise((done) => this.#server.close(done));
    const busy = new Set(this.#answering.values());
    for (const socket of this.#sockets) if (!busy.has(socket)) socket.destroy();
    for (const response of this.#answering.keys()) closeAfterwards(response);
    const timer = setTimeout(() => this.#server.closeAllConnections(), deadline);
    await closed;
    clearTimeout(timer);
  }

  #watch(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  #begin(response: ServerResponse): void {
    const { socket } = response;
    if (!socket) return;
    this.#answering.set(response, socket);
    if (this.#stopping) closeAfterwards(response);
    response.once('close', () => this.#answering.delete(response));
  }
}

/** A kept-alive connection could bring one more request after this answer. */
function closeAfterwards(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}

/** Answers what never became a request: a broken request line, too long a header, a client that is too slow. */
function refuse(socket: Socket, error: NodeJS.ErrnoException): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = PARSER_STATUS[error.code ?? ''] ?? 400;
  const body = errorBody(status);
  const head = `HTTP/1.1 ${status} ${statusText(status)}\r\nContent-Type: application/json; charset=utf-8\r\n`;
  socket.end(`${head}Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`);
}

function errorBody(status: number): string {
  return JSON.stringify({ error: statusText(status) });
}

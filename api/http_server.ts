import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { once } from 'node:events';
import { statusText } from './errors.js';

/** Longer than a proxy's own (milliseconds): it must not send a request on a connection that we are just closing. */
const KEEP_ALIVE = 65_000;

/** Milliseconds that a client has to agree on TLS. */
const HANDSHAKE = 10_000;

/** Milliseconds that a refused client has to take in its answer, while what it still sends is thrown away. */
const LINGER = 1000;

/** What the parser's errors amount to; anything else is a bad request. */
const PARSER_STATUS: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** A certificate and its key in PEM. */
export interface TlsOptions {
  readonly cert: string;
  readonly key: string;
}

/** An HTTP or, given a certificate, HTTPS server that can stop without cutting off a request it has begun to answer. */
export class HttpServer {
  readonly #server: Server;
  /** Every open connection with the answers under way on it, oldest first. */
  readonly #connections = new Map<Socket, Set<ServerResponse>>();
  readonly #broken = new WeakSet<Socket>();
  /** Connections that have not agreed on TLS yet, by the client's address and port. */
  readonly #handshakes = new Map<string, Socket>();
  readonly #listener: RequestListener;
  /** Requests that came in this turn of the event loop. */
  #arrived: [IncomingMessage, ServerResponse][] = [];
  #stopping: Promise<void> | null = null;

  constructor(listener: RequestListener, tls: TlsOptions | null = null) {
    this.#listener = listener;
    // Node's own refusal of a request without Host has no body.
    const options = { keepAliveTimeout: KEEP_ALIVE, requireHostHeader: false };
    if (tls) {
      this.#server = createTlsServer({ ...options, ...tls, handshakeTimeout: HANDSHAKE });
      this.#server.on('connection', (socket: Socket) => this.#awaitHandshake(socket));
      this.#server.on('secureConnection', (socket: Socket) => this.#watch(socket));
    } else {
      this.#server = createServer(options);
      this.#server.on('connection', (socket: Socket) => this.#watch(socket));
    }
    this.#server.on('request', (request, response) => {
      if (!this.#begin(request, response)) return;
      if (request.httpVersion === '1.1' && request.headers.host === undefined) answer(response, 400);
      else this.#handOver(request, response);
    });
    this.#server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
      if (this.#begin(request, response)) answer(response, 417);
    });
    this.#server.on('connect', (_request: IncomingMessage, socket: Duplex) => refuse(socket, 400));
    this.#server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) =>
      this.#onError(error, socket),
    );
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
    for (const socket of this.#handshakes.values()) socket.destroy();
    for (const [socket, answers] of this.#connections) {
      const last = [...answers].at(-1);
      if (!last) socket.destroy();
      // Said with the last answer: Node closes the connection after the one that says so.
      else if (!last.headersSent) last.setHeader('Connection', 'close');
    }
    const timer = setTimeout(() => {
      for (const socket of this.#connections.keys()) socket.destroy();
    }, deadline);
    await closed;
    clearTimeout(timer);
  }

  #awaitHandshake(socket: Socket): void {
    const name = nameOf(socket);
    this.#handshakes.set(name, socket);
    socket.once('close', () => {
      if (this.#handshakes.get(name) === socket) this.#handshakes.delete(name);
    });
  }

  #watch(socket: Socket): void {
    this.#handshakes.delete(nameOf(socket));
    this.#connections.set(socket, new Set());
    socket.once('close', () => this.#connections.delete(socket));
  }

  /**
   * Has everything that was read in this turn of the event loop answered together, at its end. Answered one by one,
   * each answer would wake a proxy that waits for it, and waking takes the system as long as all our work.
   */
  #handOver(request: IncomingMessage, response: ServerResponse): void {
    if (this.#arrived.push([request, response]) > 1) return;
    setImmediate(() => {
      const arrived = this.#arrived;
      this.#arrived = [];
      for (const [one, its] of arrived) this.#serve(one, its);
    });
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    // Whoever has hung up meanwhile is nobody to work for.
    if (request.socket.destroyed) return;
    try {
      this.#listener(request, response);
    } catch (error) {
      // Behind those that arrived with it: they are not lost for an error that is not theirs.
      process.nextTick(() => {
        throw error;
      });
    }
  }

  /** False for a request that came too late: its connection closes behind the answers under way. */
  #begin({ socket }: IncomingMessage, response: ServerResponse): boolean {
    const answers = this.#connections.get(socket);
    if (!answers || this.#stopping) return false;
    answers.add(response);
    response.once('close', () => {
      answers.delete(response);
      if (this.#stopping && answers.size === 0) socket.destroySoon();
    });
    return true;
  }

  /** Answers what never became a request: a broken request line, too long a header, a client that is too slow. */
  #onError(error: NodeJS.ErrnoException, socket: Socket): void {
    // There is nobody to answer, or no way to: the client does not speak TLS as we do.
    if (error.code === 'ECONNRESET' || !this.#connections.has(socket)) {
      socket.destroy();
      return;
    }
    // The parser complains anew about every byte that still comes.
    if (this.#broken.has(socket)) return;
    this.#broken.add(socket);
    const status = PARSER_STATUS[error.code ?? ''] ?? 400;
    // Requests that came whole before the error are answered first; one whose body is broken never will be.
    const whole = [...(this.#connections.get(socket) ?? [])].filter(({ req }) => req.complete);
    const last = whole.at(-1);
    if (last) last.once('close', () => refuse(socket, status));
    else refuse(socket, status);
  }
}

function nameOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress}|${remotePort}`;
}

function answer(response: ServerResponse, status: number): void {
  response.statusCode = status;
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.setHeader('Connection', 'close');
  response.end(errorBody(status));
}

/** Answers where there is no response to write to, and ends the connection. */
function refuse(socket: Duplex, status: number): void {
  if (!socket.writable) return;
  const body = errorBody(status);
  const head = `HTTP/1.1 ${status} ${statusText(status)}\r\nContent-Type: application/json; charset=utf-8\r\n`;
  socket.end(`${head}Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`);
  // Closing at once would, while more is coming in, make the client lose the answer.
  setTimeout(() => socket.destroy(), LINGER).unref();
}

function errorBody(status: number): string {
  return JSON.stringify({ error: statusText(status) });
}

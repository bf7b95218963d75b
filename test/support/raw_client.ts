import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** One answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** A bare connection: for what no HTTP client would send. */
export class RawClient {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  #received = '';

  constructor(port: number, host = '127.0.0.1') {
    this.socket = connect(port, host);
    this.socket.setEncoding('latin1');
    this.socket.on('data', (data: string) => (this.#received += data));
    this.socket.on('error', () => {});
    this.closed = new Promise((done) => this.socket.once('close', () => done()));
  }

  get received(): string {
    return this.#received;
  }

  send(text: string | Buffer): this {
    this.socket.write(typeof text === 'string' ? Buffer.from(text, 'latin1') : text);
    return this;
  }

  /** Waits until something has come that `pattern` matches, or the connection is closed. */
  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.#received) && !this.socket.closed) {
      await Promise.race([once(this.socket, 'data').catch(() => {}), this.closed]);
    }
    return this.#received;
  }

  /** Waits for the end of the connection; resolves to all answers that came over it. */
  async answers(): Promise<readonly RawAnswer[]> {
    await this.closed;
    return parseAnswers(this.#received);
  }
}

/** A GET request as text. */
export function get(path: string, ...headers: readonly string[]): string {
  return [`GET ${path} HTTP/1.1`, 'Host: x', ...headers, '\r\n'].join('\r\n');
}

export function bodies(answers: readonly RawAnswer[]): string[] {
  return answers.map(({ body }) => body);
}

/** Sends one text over a new connection and resolves to all answers, once the server has closed it. */
export async function exchange(port: number, text: string | Buffer): Promise<readonly RawAnswer[]> {
  return new RawClient(port).send(text).answers();
}

function parseAnswers(text: string): RawAnswer[] {
  const answers: RawAnswer[] = [];
  for (let rest = text; rest !== '';) {
    const end = rest.indexOf('\r\n\r\n');
    const [statusLine = '', ...lines] = rest.slice(0, end).split('\r\n');
    const headers = new Map(lines.map((line) => [nameOf(line), line.slice(line.indexOf(':') + 1).trim()]));
    const length = Number(headers.get('content-length') ?? 0);
    answers.push({
      status: Number(statusLine.split(' ')[1]),
      headers,
      body: rest.slice(end + 4, end + 4 + length),
    });
    rest = rest.slice(end + 4 + length);
  }
  return answers.filter(({ status }) => status !== 100);
}

function nameOf(line: string): string {
  return line.slice(0, line.indexOf(':')).toLowerCase();
}

import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly text: string;
  /** What was set, as a browser sends it back: `name=value`. */
  readonly cookies: readonly string[];
}

export interface Sending {
  readonly cookie?: string;
  readonly body?: object;
}

/** A client on this machine that keeps its connections. */
export class Client {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #port: number;

  constructor(port: number) {
    this.#port = port;
  }

  async send(method: string, path: string, { cookie, body }: Sending = {}): Promise<Answer> {
    const headers = {
      ...(cookie === undefined ? {} : { Cookie: cookie }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    };
    const options = { host: '127.0.0.1', port: this.#port, method, path, headers, agent: this.#agent };
    const sent = request(options).end(body && JSON.stringify(body));
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    let text = '';
    for await (const chunk of answer.setEncoding('utf8')) text += String(chunk);
    const cookies = (answer.headers['set-cookie'] ?? []).map((line) => line.slice(0, line.indexOf(';')));
    return { status: answer.statusCode ?? 0, text, cookies };
  }

  close(): void {
    this.#agent.destroy();
  }
}

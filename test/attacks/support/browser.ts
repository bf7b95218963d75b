import { once } from 'node:events';
import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';

/** What a server answered. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The `name=value` of each cookie that it set. */
  readonly cookies: readonly string[];
}

/** What goes with a request: headers, and a body in one of three forms. */
export interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, string>>;
  /** Text as it is; its type is for `headers` to say. */
  readonly body?: string;
}

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS';

/**
 * A browser as far as attacks need one: it sends the cookies it was given. Unlike a real one it sends whatever path,
 * `Origin` and cookies it is told to, follows no redirect, and knows no rule that protects anybody: what stops an
 * attack must be the server.
 */
export class Browser {
  readonly cookies = new Map<string, string>();
  readonly #url: URL;

  constructor(url: string) {
    this.#url = new URL(url);
  }

  /** @param path goes out as it is: nothing is resolved or encoded. */
  async send(method: Method, path: string, sent: Sent = {}): Promise<Answer> {
    const { body, type } = bodyOf(sent);
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const sending = request({
      host: this.#url.hostname.replace(/^\[|\]$/g, ''),
      port: this.#url.port,
      method,
      path,
      headers: {
        host: this.#url.host,
        ...(cookie !== '' && { cookie }),
        ...(type !== null && { 'content-type': type }),
        'content-length': Buffer.byteLength(body),
        ...sent.headers,
      },
    });
    sending.end(body);
    const [response] = (await once(sending, 'response')) as [IncomingMessage];
    const answer = await read(response);
    for (const pair of answer.cookies) this.#keep(pair);
    return answer;
  }

  #keep(pair: string): void {
    const [name, value] = splitPair(pair);
    if (value === '') this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

/** Name and value of a cookie. */
export function splitPair(pair: string): [name: string, value: string] {
  const end = pair.indexOf('=');
  return [pair.slice(0, end), pair.slice(end + 1)];
}

/** An answer's JSON object; an empty one when it is none. */
export function objectIn({ text }: { readonly text: string }): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** An answer in a few words, for people: an error up to its first colon. */
export function wordsOf(answer: Answer): string {
  const { error } = objectIn(answer);
  return typeof error === 'string' ? `${answer.status} ${error.split(':')[0]}` : String(answer.status);
}

function bodyOf({ json, form, body = '' }: Sent): { body: string; type: string | null } {
  if (json !== undefined) return { body: JSON.stringify(json), type: 'application/json' };
  if (form === undefined) return { body, type: null };
  return { body: new URLSearchParams(form).toString(), type: 'application/x-www-form-urlencoded' };
}

async function read(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text: Buffer.concat(chunks).toString(),
    cookies: (response.headers['set-cookie'] ?? []).map((cookie) => cookie.split(';')[0] ?? ''),
  };
}

import type { TestApp } from './app.js';
import { listen } from './listening.js';
import { RawClient } from './raw_client.js';

export interface SlowRequest {
  readonly method: 'POST' | 'PUT';
  readonly target: string;
  /** The `Cookie` header. */
  readonly cookies: string;
  /** An object is sent as JSON, URLSearchParams as a form. */
  readonly body: object | URLSearchParams;
}

/**
 * Sends a request but for the end of its body. Resolves, once the server has begun with it and waits for that, to what
 * sends the rest, and resolves to the status then.
 */
export async function beginSlowly(
  app: TestApp,
  { method, target, cookies, body }: SlowRequest,
): Promise<() => Promise<number>> {
  const { port } = await listen(app.listener);
  const isForm = body instanceof URLSearchParams;
  const text = isForm ? body.toString() : JSON.stringify(body);
  const head = [
    `${method} ${target} HTTP/1.1`,
    'Host: x',
    `Cookie: ${cookies}`,
    `Content-Type: ${isForm ? 'application/x-www-form-urlencoded' : 'application/json'}`,
    `Content-Length: ${text.length}`,
    'Expect: 100-continue',
    'Connection: close',
  ];
  const client = new RawClient(port).send(`${head.join('\r\n')}\r\n\r\n${text.slice(0, 5)}`);
  await client.until(/100 Continue/);
  return async () => (await client.send(text.slice(5)).answers())[0]?.status ?? 0;
}

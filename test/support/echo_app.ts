import type { IncomingHttpHeaders } from 'node:http';
import { listen } from './listening.js';

/** What an app was sent. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/** An app that knows nothing of logins: it answers every request with what it was sent, and keeps it. */
export async function echoApp(): Promise<{ readonly port: number; readonly seen: readonly Seen[] }> {
  const seen: Seen[] = [];
  const { port } = await listen(({ method = '', url = '', headers }, response) => {
    seen.push({ method, url, headers });
    response.setHeader('Content-Type', 'application/json').end(JSON.stringify({ method, url, headers }));
  });
  return { port, seen };
}

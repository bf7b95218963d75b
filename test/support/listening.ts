import type { RequestListener } from 'node:http';
import { HttpServer } from '../../api/http_server.js';

const servers: HttpServer[] = [];

/** Our own server on a free port; it is stopped after the test. */
export async function listen(listener: RequestListener): Promise<{ server: HttpServer; port: number }> {
  const server = new HttpServer(listener);
  servers.push(server);
  return { server, port: await server.listen(0, '127.0.0.1') };
}

/** Stops what a test started; see setup.ts. */
export async function stopListening(): Promise<void> {
  await Promise.all(servers.splice(0).map((server) => server.stop(0)));
}

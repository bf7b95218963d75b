import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { SecureContextOptions as TlsOptions } from 'node:tls';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Question {
  readonly port: number;
  /** Goes over the wire exactly as it is: no dot or slash in it is tidied up. */
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The certificate to trust, as PEM; plain http without. */
  readonly ca?: string;
  /** The client's address, any of 127.0.0.0/8. */
  readonly from?: string;
  /** What the client can speak, if it is not all that Node can. */
  readonly tls?: Pick<TlsOptions, 'ciphers' | 'minVersion' | 'maxVersion'>;
}

/** One request to this machine over a connection of its own. */
export function ask({ port, path, method = 'GET', headers, body, ca, from, tls }: Question): Promise<Answer> {
  const options = {
    host: '127.0.0.1',
    port,
    path,
    method,
    agent: false,
    headers: { Host: `localhost:${port}`, ...headers },
    ...(from !== undefined && { localAddress: from }),
  };
  return new Promise((resolve, reject) => {
    const request =
      ca === undefined
        ? httpRequest(options)
        : httpsRequest({ ...options, ...tls, ca, servername: 'localhost' });
    request.once('error', reject).once('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (data: string) => (text += data));
      response.once('error', reject).once('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
      });
    });
    request.end(body);
  });
}

/** The `name=value` pairs that a browser would send back. */
export function cookiesOf({ headers }: Answer): string[] {
  return (headers['set-cookie'] ?? []).map((cookie) => cookie.split(';')[0] ?? '');
}

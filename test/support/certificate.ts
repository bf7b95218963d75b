import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Makes a certificate for this machine that nobody signed but itself; resolves to the paths of its files. */
export async function makeCertificate(
  folder: string,
  name = 'server',
): Promise<{ readonly cert: string; readonly key: string }> {
  const cert = join(folder, `${name}.crt`);
  const key = join(folder, `${name}.key`);
  const options = ['-x509', '-nodes', '-days', '1', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  await run('openssl', ['req', ...options, ...subject, '-keyout', key, '-out', cert]);
  return { cert, key };
}

import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Child } from './child.js';
import { freePorts } from './free_ports.js';

const DOCS = fileURLToPath(new URL('docs/nginx/', import.meta.resolve('#package')));
/** Debian keeps nginx where only root's PATH looks. */
const FOLDERS = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'];
const NGINX = FOLDERS.map((folder) => join(folder, 'nginx')).find((path) => existsSync(path));

const running = new Set<Child>();

/** What stands around the file, which is written for /etc/nginx/conf.d: everything that nginx keeps is in a folder. */
function mainConfig(folder: string): string {
  const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const temporary = kinds.map((kind) => `${kind}_temp_path ${join(folder, kind)};`).join(' ');
  return `daemon off; master_process off; pid ${join(folder, 'nginx.pid')}; error_log stderr notice;
    events {} http { access_log off; ${temporary} include ${join(folder, 'site.conf')}; }`;
}

/** Debian's nginx with a file of docs/nginx, as one process in the foreground. */
export class NginxProcess {
  readonly httpPort: number;
  readonly httpsPort: number;

  private constructor(httpPort: number, httpsPort: number) {
    this.httpPort = httpPort;
    this.httpsPort = httpsPort;
  }

  /**
   * Resolves once it listens on loopback ports of its own.
   * @param values what the file itself tells an operator to put in; nothing else of it but the ports is changed.
   */
  static async start(
    folder: string,
    file: string,
    values: Readonly<Record<string, string>>,
  ): Promise<NginxProcess> {
    const [http = 0, https = 0, http6 = 0, https6 = 0] = await freePorts(4);
    let site = await readFile(join(DOCS, file), 'utf8');
    const listens = {
      'listen 80;': `listen 127.0.0.1:${http};`,
      'listen 443 ssl;': `listen 127.0.0.1:${https} ssl;`,
      // Not every machine has IPv6.
      'listen [::]:80;': `listen 127.0.0.1:${http6};`,
      'listen [::]:443 ssl;': `listen 127.0.0.1:${https6} ssl;`,
    };
    for (const [value, own] of Object.entries({ ...listens, ...values })) {
      if (!site.includes(value)) throw new Error(`${file} does not have ${value}`);
      site = site.replaceAll(value, own);
    }
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'site.conf'), site);
    await writeFile(join(folder, 'nginx.conf'), mainConfig(folder));
    const child = new Child(NGINX ?? 'nginx', [
      '-e',
      'stderr',
      '-p',
      folder,
      '-c',
      join(folder, 'nginx.conf'),
    ]);
    running.add(child);
    // Said when the sockets are open already.
    await child.says(/using the "\w+" event method/);
    return new NginxProcess(http, https);
  }
}

/** For `beforeEach`: skips the test, saying why, where there is no nginx. */
export function needNginx(this: Mocha.Context): void {
  if (NGINX !== undefined) return;
  if (this.currentTest) this.currentTest.title += ' (skipped: nginx is not installed)';
  this.skip();
}

/** Ends what a test started; see setup.ts. */
export async function killNginx(): Promise<void> {
  await Promise.all([...running].map((child) => child.kill()));
  running.clear();
}

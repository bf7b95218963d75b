import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { User } from '../../models/user.js';
import { buildApp, PASSWORD } from './app.js';
import { makeCertificate } from './certificate.js';
import { echoApp, type Seen } from './echo_app.js';
import { ask, cookiesOf, type Answer, type Question } from './https_client.js';
import { listen } from './listening.js';
import { NginxProcess } from './nginx_process.js';

/** What Gatehouse is started with behind the nginx of docs/nginx; real hashes would only take longer. */
export const PRODUCTION = { NODE_ENV: 'production', TRUST_PROXY: '1', SCRYPT_COST: '13,8,10' };
/** How a browser asks for a page. */
export const PAGE = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

/** An app behind nginx with docs/nginx/auth_request.conf. */
export class GuardedApp {
  readonly nginx: NginxProcess;
  /** Every request that came through to the app. */
  readonly seen: readonly Seen[];
  readonly #ca: string;

  private constructor(nginx: NginxProcess, seen: readonly Seen[], ca: string) {
    this.nginx = nginx;
    this.seen = seen;
    this.#ca = ca;
  }

  /** @param port where Gatehouse listens. */
  static async start(folder: string, port: number): Promise<GuardedApp> {
    const { cert, key } = await makeCertificate(folder);
    const app = await echoApp();
    const nginx = await NginxProcess.start(join(folder, 'nginx'), 'auth_request.conf', {
      'app.example.org': 'localhost',
      '/etc/ssl/gatehouse/fullchain.pem': cert,
      '/etc/ssl/gatehouse/privkey.pem': key,
      '127.0.0.1:5000': `127.0.0.1:${port}`,
      '127.0.0.1:8080': `127.0.0.1:${app.port}`,
    });
    return new GuardedApp(nginx, app.seen, await readFile(cert, 'utf8'));
  }

  /** The same with Gatehouse in this process, which is quicker than one of its own. */
  static async startInProcess(folder: string): Promise<GuardedApp> {
    const { listener } = buildApp({ authType: 'session_db_auth', env: PRODUCTION });
    return GuardedApp.start(folder, (await listen(listener)).port);
  }

  /** Asks nginx over https. */
  ask(question: Omit<Question, 'port'>): Promise<Answer> {
    return ask({ port: this.nginx.httpsPort, ca: this.#ca, ...question });
  }

  /** Logs in through nginx; resolves to the session's cookie as the browser then sends it. */
  async logIn({ email }: Pick<User, 'email'>): Promise<string> {
    const body = JSON.stringify({ email, password: PASSWORD });
    const headers = { 'Content-Type': 'application/json' };
    const answer = await this.ask({ path: '/auth/login', method: 'POST', headers, body });
    const session = cookiesOf(answer).find((cookie) => cookie.startsWith('__Host-session='));
    if (session === undefined) throw new Error(`no login: ${answer.status} ${answer.body}`);
    return session;
  }
}

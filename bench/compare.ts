/**
 * Sessions and tokens side by side: starts a server of each kind, logs in, looks at the credential, logs out, and
 * tries the old credential again. docs/sessions-vs-jwt.md says what to make of it.
 */
import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fs from 'fs-extra';
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import { ServerProcess } from '../test/support/server_process.js';

const SCHEMES = ['session_db_auth', 'jwt_auth'] as const;
const EMAIL = 'ann@example.org';
const PASSWORD = 'a sentence nobody guesses';
/** Requests of one turn; the schemes take turns, so that a busy machine slows both. */
const TURN = Number(process.env['REQUESTS'] ?? 500);
const TURNS = 9;

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly cookies: readonly string[];
}

/** One server with its own folder, and a client that keeps its connection. */
class Contestant {
  readonly folder: string;
  readonly #server: ServerProcess;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  #port = 0;
  /** The cookie as a browser sends it. */
  cookie = '';
  /** Milliseconds for a request, one of each turn. */
  readonly times: number[] = [];

  constructor(scheme: string) {
    this.folder = fs.mkdtempSync(join(tmpdir(), 'gatehouse-compare-'));
    this.#server = ServerProcess.node({ AUTH_TYPE: scheme, STORAGE_DIR: this.folder, LOG_LEVEL: 'warn' });
  }

  async start(): Promise<void> {
    this.#port = await this.#server.port();
    await this.post('/auth/register', { email: EMAIL, password: PASSWORD });
    const { cookies } = await this.post('/auth/login', { email: EMAIL, password: PASSWORD });
    this.cookie = cookies[0]?.split(';')[0] ?? '';
  }

  get credential(): string {
    return this.cookie.slice(this.cookie.indexOf('=') + 1);
  }

  async get(path: string): Promise<Answer> {
    return this.#send('GET', path, null);
  }

  async post(path: string, body: object): Promise<Answer> {
    return this.#send('POST', path, JSON.stringify(body));
  }

  async turn(): Promise<void> {
    const start = performance.now();
    for (let i = 0; i < TURN; i += 1) await this.get('/api/v1/users/me');
    this.times.push((performance.now() - start) / TURN);
  }

  async stop(): Promise<void> {
    this.#agent.destroy();
    this.#server.killGroup('SIGKILL');
    await this.#server.exited;
    await fs.remove(this.folder);
  }

  async #send(method: string, path: string, body: string | null): Promise<Answer> {
    const headers = { Cookie: this.cookie, ...(body === null ? {} : { 'Content-Type': 'application/json' }) };
    const options = { host: '127.0.0.1', port: this.#port, method, path, headers, agent: this.#agent };
    const sent = request(options).end(body);
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    let text = '';
    for await (const chunk of answer.setEncoding('utf8')) text += String(chunk);
    return { status: answer.statusCode ?? 0, text, cookies: answer.headers['set-cookie'] ?? [] };
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** What a service says that has only the public keys. */
async function offline(token: string, keys: JSONWebKeySet): Promise<string> {
  try {
    await jwtVerify(token, createLocalJWKSet(keys), { issuer: 'gatehouse', audience: 'gatehouse' });
    return 'valid';
  } catch {
    return 'not a token';
  }
}

const contestants = SCHEMES.map((scheme) => new Contestant(scheme));
try {
  for (const contestant of contestants) await contestant.start();
  for (let turn = 0; turn <= TURNS; turn += 1) for (const contestant of contestants) await contestant.turn();
  const keys = JSON.parse((await contestants[1]?.get('/.well-known/jwks.json'))?.text ?? '') as JSONWebKeySet;
  const rows: [what: string, ...values: string[]][] = [
    ['credential', ...contestants.map(({ credential }) => `${credential.length} bytes`)],
    [
      'header of each request',
      ...contestants.map(({ cookie }) => `${'Cookie: '.length + cookie.length} bytes`),
    ],
  ];
  const records = [];
  for (const { folder } of contestants) {
    const lines = (await fs.readFile(join(folder, 'UserSession.jsonl'), 'utf8')).split('\n');
    records.push(`${lines[1]?.length ?? 0} bytes`);
  }
  rows.push(['kept on the server', ...records]);
  // The first turn warms up.
  const times = contestants.map(({ times: all }) => median(all.slice(1)));
  rows.push(['request and answer, ratio', ...times.map((time) => (time / (times[0] ?? 1)).toFixed(2))]);
  rows.push([
    'verified without the server',
    ...(await Promise.all(contestants.map(({ credential }) => offline(credential, keys)))),
  ]);
  rows.push(['before logout', ...(await statuses())]);
  for (const contestant of contestants) await contestant.post('/auth/logout', {});
  rows.push(['after logout, the old one again', ...(await statuses())]);
  rows.push([
    '… verified without the server',
    ...(await Promise.all(contestants.map(({ credential }) => offline(credential, keys)))),
  ]);
  print(rows);
} finally {
  for (const contestant of contestants) await contestant.stop();
}

async function statuses(): Promise<string[]> {
  const answers = await Promise.all(contestants.map((contestant) => contestant.get('/auth/status')));
  return answers.map(({ status }) => String(status));
}

function print(rows: readonly (readonly string[])[]): void {
  const all = [['', ...SCHEMES], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  for (const row of all) {
    process.stdout.write(
      `${row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd()}\n`,
    );
  }
}

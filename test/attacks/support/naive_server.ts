import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

type Row = Record<string, unknown>;

/**
 * What the attacks are for: a server with the routes of ours that was written without a thought for any of them. Each
 * attack must get in here, which shows that it would notice.
 */
export class NaiveServer {
  readonly #users: Row[] = [];
  /** Who has which session; nothing ever leaves it. */
  readonly #sessions = new Map<string, unknown>();
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  readonly storage: string;
  url = '';

  private constructor(storage: string) {
    this.storage = storage;
  }

  static async start(storage: string): Promise<NaiveServer> {
    const naive = new NaiveServer(storage);
    naive.#server.listen(0, '127.0.0.1');
    await once(naive.#server, 'listening');
    naive.url = `http://127.0.0.1:${(naive.#server.address() as AddressInfo).port}`;
    return naive;
  }

  /** Twice is as good as once. */
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, url = '' } = request;
    const presented = /sid=([^;]*)/.exec(request.headers.cookie ?? '')?.[1];
    const caller = this.#sessions.get(presented ?? '');
    const fields = await fieldsOf(request);
    const user = this.#users.find(({ id }) => id === caller);
    if (url === '/auth/register') return send(response, 201, this.#register(fields));
    if (/\/login/.test(url) && method === 'POST') return this.#login(fields, presented, response);
    if (url === '/login') return send(response, 200, {});
    if (url.includes('/protected') && !user)
      return send(response, 302, {}, { Location: `//${request.headers.host}${url}` });
    // Whatever is asked for, and whatever is changed: it works.
    if (user && method === 'PUT') Object.assign(user, fields);
    await this.#save();
    const isKnown = user !== undefined || (!url.startsWith('/auth') && !url.startsWith('/protected'));
    const own = { current: true, id: presented };
    const body = url === '/auth/sessions' ? [own] : { ...user, user, session: own, csrf_token: 'x' };
    send(response, isKnown ? 200 : 401, body);
  }

  #register(fields: Row): Row {
    const user = { id: randomUUID(), ...fields, _password: fields['password'] };
    this.#users.push(user);
    return user;
  }

  /** Goes on with the session that the browser brings, and says what is wrong. */
  #login(fields: Row, presented: string | undefined, response: ServerResponse): void {
    const user = this.#users.find(({ email }) => email === fields['email']);
    if (!user) return send(response, 401, { error: 'nobody has this email' });
    if (user['password'] !== fields['password']) return send(response, 401, { error: 'wrong password' });
    const sessionId = presented ?? randomUUID();
    this.#sessions.set(sessionId, fields['user_id'] ?? user['id']);
    // Only what a header cannot hold is left out: browsers drop it as well.
    const next = { Location: String(fields['next']).replaceAll(/[^\x20-\x7e]/g, '') };
    const headers = { 'Set-Cookie': `sid=${sessionId}`, ...(fields['next'] !== undefined && next) };
    send(response, 200, { user }, headers);
  }

  async #save(): Promise<void> {
    const sessions = [...this.#sessions].map(([id, user_id]) => ({ id, session_id: id, user_id }));
    const text = (rows: readonly Row[]): string =>
      ['{}', ...rows.map((row) => JSON.stringify(row))].join('\n');
    await writeFile(join(this.storage, 'UserSession.jsonl'), text(sessions));
    await writeFile(join(this.storage, 'User.jsonl'), text(this.#users));
  }
}

async function fieldsOf(request: IncomingMessage): Promise<Row> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  const query = new URL(request.url ?? '', 'http://x').searchParams;
  try {
    const fields = JSON.parse(text) as Row;
    // The classic mistake: everything of the client's is merged, `__proto__` too.
    return { ...(Object.getPrototypeOf(merge({}, fields)) as Row), ...fields };
  } catch {
    return Object.fromEntries([...query, ...new URLSearchParams(text)]);
  }
}

function merge(target: Row, source: Row): Row {
  const wish = source['__proto__'];
  return Object.hasOwn(source, '__proto__') ? (Object.setPrototypeOf(target, wish as object) as Row) : target;
}

function send(response: ServerResponse, status: number, body: object, headers: object = {}): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers } as Record<string, string>);
  response.end(JSON.stringify(body));
}

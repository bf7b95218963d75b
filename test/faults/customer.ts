import { randomBytes } from 'node:crypto';
import type { Client } from '../../bench/lib/client.js';
import type { Ledger } from './ledger.js';

const ME = '/api/v1/users/me';
const ROUND = ['login', 'read', 'login', 'logout', 'readEnded', 'changePassword', 'read', 'leave'] as const;

export const newPassword = (): string => randomBytes(12).toString('base64url');

/** What came back; status 0: nothing, because a server was killed. */
export interface Outcome {
  readonly status: number;
  readonly cookie: string | undefined;
}

/** Whether this says of a request that it was not carried out, or perhaps it was. */
const isUnsure = (status: number): boolean => status === 0 || status === 503;

/** Sends a request to one of the servers and notes how it was answered. */
export async function ask(
  ledger: Ledger,
  client: Client,
  [method, path]: readonly [method: string, path: string],
  sending: { readonly cookie?: string; readonly body?: object } = {},
): Promise<Outcome> {
  const start = performance.now();
  const { status, cookies } = await client
    .send(method, path, sending)
    .catch(() => ({ status: 0, cookies: [] as readonly string[] }));
  ledger.note(status, performance.now() - start, `${method} ${path}`);
  return { status, cookie: cookies.find((text) => text.startsWith('_my_session_id=')) };
}

/** Somebody with one account at a time, whose requests go to the servers in turn, one after the other. */
export class Customer {
  readonly #name: string;
  readonly #ledger: Ledger;
  readonly #clients: () => readonly Client[];
  #email: string | null = null;
  #accounts = 0;
  #turn = 0;
  #step = -1;

  constructor(name: string, ledger: Ledger, clients: () => readonly Client[]) {
    this.#name = name;
    this.#ledger = ledger;
    this.#clients = clients;
  }

  /** Does the next thing of a round. */
  async step(): Promise<void> {
    if (this.#email === null) return this.#register();
    const what = ROUND[(this.#step += 1) % ROUND.length] ?? 'read';
    await this[what](this.#email);
  }

  async #register(): Promise<void> {
    const email = `${this.#name}-${(this.#accounts += 1)}@example.org`;
    const password = newPassword();
    const { status } = await this.#ask('POST', '/auth/register', { body: { email, password } });
    this.#expect(status, 201, 'a registration');
    if (status !== 201) return;
    this.#ledger.accounts.set(email, password);
    this.#email = email;
  }

  async login(email: string): Promise<void> {
    const body = { email, password: this.#ledger.accounts.get(email) };
    const { status, cookie } = await this.#ask('POST', '/auth/login', { body });
    this.#expect(status, 200, 'a login');
    if (status === 200 && cookie !== undefined) this.#ledger.open.set(cookie, email);
  }

  async read(email: string): Promise<void> {
    const cookie = this.#sessionsOf(email).at(-1);
    if (cookie === undefined) return;
    const { status } = await this.#ask('GET', ME, { cookie });
    this.#expect(status, 200, 'reading with an open session');
  }

  /** Somebody tries a cookie again that was good once. */
  async readEnded(): Promise<void> {
    const ended = [...this.#ledger.ended];
    const cookie = ended[Math.floor(Math.random() * ended.length)];
    if (cookie === undefined) return;
    const { status } = await this.#ask('GET', ME, { cookie });
    this.#expect(status, 403, 'reading with an ended session');
  }

  async logout(email: string): Promise<void> {
    const cookie = this.#sessionsOf(email)[0];
    if (cookie === undefined) return;
    const { status } = await this.#ask('POST', '/auth/logout', { cookie });
    this.#expect(status, 200, 'a logout');
    if (status === 200) this.#ledger.end(cookie);
    else if (isUnsure(status)) this.#ledger.open.delete(cookie);
  }

  async changePassword(email: string): Promise<void> {
    const [cookie] = this.#sessionsOf(email);
    const before = this.#ledger.accounts.get(email);
    if (cookie === undefined || before === undefined) return;
    const after = newPassword();
    const body = { current_password: before, new_password: after };
    const answer = await this.#ask('PUT', '/auth/password', { cookie, body });
    this.#expect(answer.status, 200, 'a password change');
    const sessions = this.#sessionsOf(email);
    if (answer.status === 200 && answer.cookie !== undefined) {
      this.#ledger.accounts.set(email, after);
      for (const session of sessions) this.#ledger.end(session);
      this.#ledger.open.set(answer.cookie, email);
    } else if (isUnsure(answer.status)) {
      // It may take place later, when a store that stood still goes on: this account is left alone until the end.
      for (const session of sessions) this.#ledger.open.delete(session);
      this.#ledger.accounts.delete(email);
      this.#ledger.openChanges.push({ email, passwords: [before, after] });
      this.#email = null;
    }
  }

  /** Turns to another account, so that no later request repairs what this one may lose. */
  async leave(): Promise<void> {
    this.#email = null;
  }

  #sessionsOf(email: string): string[] {
    return [...this.#ledger.open].filter(([, owner]) => owner === email).map(([cookie]) => cookie);
  }

  #expect(status: number, wanted: number, what: string): void {
    if (status !== wanted && !isUnsure(status)) this.#ledger.wrong.add(`${what} was answered with ${status}`);
  }

  async #ask(
    ...[method, path, sending]: [string, string, { cookie?: string; body?: object }]
  ): Promise<Outcome> {
    const clients = this.#clients();
    const client = clients[(this.#turn += 1) % clients.length];
    if (!client) throw new Error('there is no server');
    return ask(this.#ledger, client, [method, path], sending);
  }
}

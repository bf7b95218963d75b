import { randomUUID } from 'node:crypto';
import { RawClient, type RawAnswer } from '../../support/raw_client.js';
import { Browser, objectIn, splitPair, wordsOf, type Answer } from './browser.js';

/** Somebody's account, which the attack itself registered. */
export interface Account {
  readonly id: string;
  readonly email: string;
  readonly password: string;
}

/** Cookies of ours that are no session. */
const OTHER_COOKIES = /^(?:__Host-)?(?:device|visitor)$/;

/** The server under attack, and what everybody can do with it. */
export class Target {
  /** Such as `http://127.0.0.1:5000`. */
  readonly url: string;
  /** The server's storage folder, for attacks of those who got hold of a copy; null: nobody did. */
  readonly storage: string | null;
  /** True for a server that nobody else uses: attacks may make it refuse this machine for a while. */
  readonly isDisposable: boolean;

  constructor(options: { url: string; storage?: string | null; isDisposable?: boolean }) {
    this.url = new URL(options.url).origin;
    this.storage = options.storage ?? null;
    this.isDisposable = options.isDisposable ?? false;
  }

  get host(): string {
    return new URL(this.url).host;
  }

  /** A browser that has never been here. */
  browser(): Browser {
    return new Browser(this.url);
  }

  /** A browser that somebody put cookies into. */
  browserWith(cookies: Readonly<Record<string, string>>): Browser {
    const browser = this.browser();
    for (const [name, value] of Object.entries(cookies)) browser.cookies.set(name, value);
    return browser;
  }

  /** A bare connection, for what no HTTP client would send. */
  connect(): RawClient {
    const { hostname, port } = new URL(this.url);
    return new RawClient(Number(port), hostname.replace(/^\[|\]$/g, ''));
  }

  /** Sends a request without a body, word for word; null when it is not answered. */
  async raw(requestLine: string, ...headers: readonly string[]): Promise<RawAnswer | null> {
    const host = headers.some((header) => header.startsWith('Host:')) ? [] : [`Host: ${this.host}`];
    const lines = [`${requestLine} HTTP/1.1`, ...host, ...headers, 'Connection: close'];
    const [answer] = await this.connect()
      .send(`${lines.join('\r\n')}\r\n\r\n`)
      .answers();
    return answer ?? null;
  }

  /** Makes an account with a name that nobody has. @throws Error when registration is closed. */
  async register(): Promise<Account> {
    const email = `${randomUUID().slice(0, 13)}@example.org`;
    const password = `a long password ${randomUUID()}`;
    const answer = await this.browser().send('POST', '/auth/register', { json: { email, password } });
    const { id } = objectIn(answer);
    if (answer.status !== 201 || typeof id !== 'string')
      throw new Error(`could not register an account at ${this.url}: ${wordsOf(answer)}`);
    return { id, email, password };
  }

  /** Logs somebody in. @throws Error when that fails. */
  async login(account: Account, browser = this.browser()): Promise<Login> {
    const { email, password } = account;
    const answer = await browser.send('POST', '/auth/login', { json: { email, password } });
    const cookie = sessionCookieIn(answer);
    if (answer.status === 429)
      throw new Error(
        `too many wrong tries from this machine at ${this.url}: wait ${answer.headers['retry-after']} s`,
      );
    if (answer.status !== 200 || cookie === null)
      throw new Error(`could not log in at ${this.url}: ${wordsOf(answer)}`);
    const [name, sessionId] = splitPair(cookie);
    return { browser, name, sessionId, account };
  }

  /** Somebody new, registered and logged in. */
  async newcomer(): Promise<Login> {
    return this.login(await this.register());
  }

  /** Whose session these cookies open: the user's id, or null when nobody's. */
  async whoIs(browser: Browser): Promise<string | null> {
    const answer = await browser.send('GET', '/auth/status');
    const { user } = objectIn(answer);
    if (answer.status !== 200 || typeof user !== 'object' || user === null) return null;
    return 'id' in user && typeof user.id === 'string' ? user.id : null;
  }
}

/** A session, and the browser that has it. */
export interface Login {
  readonly account: Account;
  readonly browser: Browser;
  /** The session cookie's name and value as they were at the login. */
  readonly name: string;
  readonly sessionId: string;
}

/** The session cookie that an answer sets, as `name=value`, or null. */
export function sessionCookieIn({ cookies }: Answer): string | null {
  const isSession = (pair: string): boolean => {
    const [name, value] = splitPair(pair);
    return value !== '' && !OTHER_COOKIES.test(name);
  };
  return cookies.find(isSession) ?? null;
}

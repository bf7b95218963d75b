import { createServer, type RequestListener, type Server } from 'node:http';
import pino from 'pino';
import supertest from 'supertest';
import { createApp, type Gatehouse } from '../../api/app.js';
import { AUTH_TYPES, loadConfig, type AuthType, type Config } from '../../api/config.js';
import type { Languages } from '../../api/pages/messages/languages.js';
import { Keys } from '../../api/services/keys.js';
import type { Auth, AuthRequest } from '../../api/v1/auth/auth.js';
import { markText, parseMark } from '../../models/audit/audit_files.js';
import type { Activity } from '../../api/services/audit/audit.js';
import { storedEvent, type AuditEvent } from '../../api/services/audit/audit_event.js';
import { Readiness } from '../../api/services/readiness.js';
import type { AuditTrail } from '../../api/services/requester.js';
import { useClock } from '../../models/base.js';
import { PasswordHasher } from '../../models/password.js';
import { User, type UserAttributes } from '../../models/user.js';
import { TestClock } from './clock.js';
import type { Process } from './processes.js';
import { routesOf, type Route } from './routes.js';
import { noteCookies, noteOutput } from './secrets.js';
import { asServer, SERVERS, useEmptyStore } from './stores.js';

/** Every setting of AUTH_TYPE; null is the open API. */
export const SETTINGS: readonly (AuthType | null)[] = [null, ...AUTH_TYPES];
export const SESSION_SCHEMES = ['session_auth', 'session_exp_auth', 'session_db_auth', 'jwt_auth'] as const;
export const PASSWORD = 'correct horse';

type Headers = Readonly<Record<string, string>>;

export interface TestApp {
  readonly auth: Auth | null;
  readonly clock: TestClock;
  readonly config: Config;
  readonly keys: Keys;
  readonly listener: RequestListener;
  /** What was logged, a JSON text for each line. */
  readonly lines: readonly string[];
  /** What was recorded in the audit trail. */
  readonly events: readonly AuditEvent[];
  readonly readiness: Readiness;
  readonly routes: readonly Route[];
  /** What everybody's activity is, newest first. */
  readonly trail: Activity[];
  request(): ReturnType<typeof supertest>;
}

// One server for all tests, handed to the application at hand: much faster than one for each request.
let current: RequestListener = () => {};
const server = createServer((request, response) => current(request, response))
  .listen(0, '127.0.0.1')
  .unref();

/** A place where an application runs beside others. */
export interface Site {
  readonly process: Process;
  readonly clock: TestClock;
  readonly keys: Keys;
  /** It listens, and leaves the answers to the application. */
  readonly server: Server;
}

/**
 * The whole application over empty memory, under a clock that stands still until the test moves it. With TEST_STORE it
 * is over an empty store, and with TEST_SERVERS it is several servers, of which each answers the next request.
 */
export function buildApp(options: {
  readonly authType: AuthType | null;
  readonly env?: Readonly<Record<string, string>>;
  /** What keeps the audit trail; unless given, `events` does and everybody's activity is `trail`. */
  readonly audit?: AuditTrail;
  readonly languages?: Languages;
  /** The process it runs in, with the clock and the keys of all that share its store; else it has memory for itself. */
  readonly on?: Site;
  /** Asks the stores, for `/ready`; they answer unless given. */
  readonly check?: () => Promise<void>;
}): TestApp {
  const { config } = loadConfig({ ...options.env, AUTH_TYPE: options.authType ?? '' });
  const { process, clock = new TestClock(), keys = Keys.random() } = options.on ?? {};
  useClock(() => clock.now);
  if (!process) useEmptyStore();
  useFastHasher();
  const lines: string[] = [];
  const log = pino({ level: config.logLevel }, { write: (line: string) => lines.push(line) });
  const events: AuditEvent[] = [];
  const trail: Activity[] = [];
  const audit = options.audit ?? {
    record: async (event: AuditEvent) => void events.push(event),
    isCursor: (text: string) => parseMark(text) !== null,
    activityOf: async (_user: string, { before, limit = 50 }: { before?: string | null; limit?: number }) => {
      const from = parseMark(before ?? '')?.ordinal ?? 0;
      const next = markText({ day: '2026-01-01', piece: 0, ordinal: from + limit });
      return { events: trail.slice(from, from + limit), next: from + limit < trail.length ? next : null };
    },
  };
  const readiness = new Readiness({ check: options.check ?? (async () => {}) });
  const languages = options.languages && { languages: options.languages };
  const servers = Array.from({ length: process ? 1 : SERVERS }, () =>
    createApp({ config, keys, audit, readiness, log, ...languages }),
  );
  const [{ app, auth }] = servers as [Gatehouse];
  const handlers = servers.map((gatehouse) => gatehouse.app.callback());
  let turn = 0;
  const listener: RequestListener = (request, response) => {
    response.once('finish', () => noteCookies(response));
    const which = (turn += 1) % handlers.length;
    const answer = (): void => void handlers[which]?.(request, response);
    if (process) process.run(answer);
    else asServer(which, answer);
  };
  noteOutput('the log', () => lines.join(''));
  noteOutput('the audit trail', () => JSON.stringify(events.map((event) => storedEvent(event, 0, null))));
  options.on?.server.on('request', listener);
  const request = (): ReturnType<typeof supertest> => {
    current = listener;
    return supertest(options.on?.server ?? server);
  };
  const routes = routesOf(app);
  return { auth, clock, config, events, keys, listener, lines, readiness, request, routes, trail };
}

/** Real hashes, a thousand times cheaper than those of a server. */
export function useFastHasher(): void {
  User.useHasher(new PasswordHasher({ cost: { logN: 4, r: 8, p: 1 }, parallel: 2, waiting: 64 }));
}

let made = 0;

/** A stored user; the password is `PASSWORD` unless another is given. */
export async function makeUser({
  password = PASSWORD,
  ...attributes
}: UserAttributes & { readonly password?: string } = {}): Promise<User> {
  made += 1;
  const user = new User({ email: `user${made}@example.org`, ...attributes });
  await user.setPassword(password);
  await user.save();
  return user;
}

export function basic(user: User, password = PASSWORD): Headers {
  return { Authorization: `Basic ${Buffer.from(`${user.email}:${password}`).toString('base64')}` };
}

/** Logs in over HTTP; resolves to the id that the cookie holds. */
export async function login(app: TestApp, user: User, headers: Headers = {}): Promise<string> {
  const response = await app
    .request()
    .post('/api/v1/auth_session/login')
    .set(headers)
    .type('form')
    .send({ email: user.email, password: PASSWORD });
  const id = /^[^=]+=([^;]+)/.exec(response.get('Set-Cookie')?.[0] ?? '')?.[1];
  if (response.status !== 200 || id === undefined) throw new Error(`login failed: ${response.text}`);
  return id;
}

/** What a session cookie holds: the id, or under jwt_auth a token. */
export function credentialPattern(app: TestApp): string {
  return app.auth?.publicKeys ? '[\\w-]+\\.[\\w-]+\\.[\\w-]+' : '[\\w-]{32}';
}

/** The session's id in a credential: itself, or a token's `jti`. */
export function sessionIdIn(credential: string): string {
  const [, payload] = credential.split('.');
  if (payload === undefined) return credential;
  return (JSON.parse(Buffer.from(payload, 'base64url').toString()) as { jti: string }).jti;
}

/** The header in which a browser sends a session id. */
export function cookie(app: TestApp, sessionId: string): Headers {
  return { Cookie: `${app.config.sessionName}=${sessionId}` };
}

/** What a client that presents this session id is answered: 200, or 403 when nobody's. */
export async function statusOf(app: TestApp, sessionId: string): Promise<number> {
  return (await app.request().get('/api/v1/users/me').set(cookie(app, sessionId))).status;
}

/** Good credentials of the scheme that is on; none for the schemes that have none. */
export async function credentials(app: TestApp, user: User): Promise<Headers> {
  if (app.auth?.sessions) return cookie(app, await login(app, user));
  return app.config.authType === 'basic_auth' ? basic(user) : {};
}

/** A request as a scheme sees it. */
export function requestWith(headers: AuthRequest['headers']): AuthRequest {
  return { headers };
}

/**
 * What each page costs: CPU from the request to the last byte of the answer, without a network, and its weight with
 * style sheet and icon. See bench/README.md.
 */
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import pino from 'pino';
import { createApp } from '../api/app.js';
import { loadConfig } from '../api/config.js';
import type { Activity } from '../api/services/audit/audit.js';
import { Keys } from '../api/services/keys.js';
import { Readiness } from '../api/services/readiness.js';
import { PasswordHasher } from '../models/password.js';
import { useMemory } from '../models/storage.js';
import { User } from '../models/user.js';
import { UserSession } from '../models/user_session.js';

const CALLS = 400;
const ROUNDS = 7;

const event: Activity = {
  at: new Date().toISOString(),
  event: 'login',
  outcome: 'success',
  address: '192.0.2.7',
  device: 'Firefox on Linux',
  session: null,
};
const audit = {
  record: async () => {},
  isCursor: () => true,
  activityOf: async () => ({ events: Array.from({ length: 25 }, () => event), next: '25' }),
};

useMemory();
User.useHasher(new PasswordHasher({ cost: { logN: 1, r: 1, p: 1 }, parallel: 2, waiting: 64 }));
const { config } = loadConfig({ AUTH_TYPE: 'session_auth', LOG_LEVEL: 'silent' });
const readiness = new Readiness({ check: async () => {} });
const { app } = createApp({ config, keys: Keys.random(), audit, readiness, log: pino({ level: 'silent' }) });
const handle = app.callback();
const admin = new User({ email: 'ann@example.org', first_name: 'Ann', role: 'admin' });
await admin.save();
for (let count = 0; count < 50; count += 1) await new User({ email: `user${count}@example.org` }).save();
const sessionId = await UserSession.start(admin.id);
for (let count = 0; count < 9; count += 1)
  await UserSession.start(admin.id, { device: 'Firefox on Linux', address: '192.0.2.x' });

/** Asks for a path; resolves to the body. */
async function get(path: string, cookie: string): Promise<string> {
  const request = new IncomingMessage(new Socket());
  Object.assign(request, {
    method: 'GET',
    url: path,
    headers: { host: 'localhost', accept: 'text/html', cookie },
  });
  const response = new ServerResponse(request);
  let body = '';
  response.end = ((chunk?: string | Buffer) => {
    body = chunk?.toString() ?? '';
    return response;
  }) as typeof response.end;
  await handle(request, response);
  return body;
}

/** Microseconds of CPU for one call, the median of rounds. */
async function cpuOf(call: () => Promise<unknown>): Promise<number> {
  const rounds = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const start = process.cpuUsage();
    for (let count = 0; count < CALLS; count += 1) await call();
    const { user, system } = process.cpuUsage(start);
    rounds.push((user + system) / CALLS);
  }
  // The first round warms up.
  return rounds.slice(1).toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
}

const nobody = 'a=b';
const somebody = `${config.sessionName}=${sessionId}`;
const rest =
  Buffer.byteLength(await get('/style.css', nobody)) + Buffer.byteLength(await get('/favicon.svg', nobody));
const baseline = await cpuOf(() => get('/api/v1/status', nobody));

console.log(`style sheet and icon: ${rest} bytes; a request for /api/v1/status: ${baseline.toFixed(0)} µs\n`);
console.log('page                          CPU µs   less the request   bytes   with the rest');
const pages = [
  ['/', nobody],
  ['/login', nobody],
  ['/register', nobody],
  ['/reset', nobody],
  ['/nope', nobody],
  ['/', somebody],
  ['/profile', somebody],
  ['/sessions', somebody],
  ['/activity', somebody],
  ['/users', somebody],
  [`/users/${admin.id}`, somebody],
] as const;
for (const [path, cookie] of pages) {
  const bytes = Buffer.byteLength(await get(path, cookie));
  const micros = await cpuOf(() => get(path, cookie));
  const name = `${path.replace(admin.id, ':id')}${cookie === somebody ? ' (logged in)' : ''}`;
  const figures = [micros.toFixed(0).padStart(6), (micros - baseline).toFixed(0).padStart(16)];
  console.log(
    `${name.padEnd(28)} ${figures.join('   ')}   ${String(bytes).padStart(6)}   ${String(bytes + rest).padStart(13)}`,
  );
}

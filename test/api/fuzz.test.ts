import { Agent, request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import * as fc from 'fast-check';
import type { User } from '../../models/user.js';
import { Visitor } from '../support/account.js';
import { anyRequestTo } from '../support/any_account_request.js';
import { MINE } from '../support/any_body.js';
import { anyRequest, type AnyRequest } from '../support/any_request.js';
import { buildApp, credentials, makeUser, SETTINGS, type TestApp } from '../support/app.js';
import { listen } from '../support/listening.js';

const RUNS = 120;
/** Milliseconds: an answer that takes longer hangs. */
const PATIENCE = 5000;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/** Puts a real user's id and credentials in where the request says `MINE`. */
function fill(generated: AnyRequest, user: User, good: Readonly<Record<string, string>>): AnyRequest {
  const mine = new Map([
    ['authorization', good['Authorization'] ?? 'Test'],
    ['cookie', good['Cookie'] ?? 'a=b'],
  ]);
  const headers = Object.entries(generated.headers).map(([name, value]) => [
    name,
    value === MINE ? mine.get(name) : value,
  ]);
  return {
    ...generated,
    target: generated.target.replaceAll(MINE, user.id),
    body:
      typeof generated.body === 'string'
        ? generated.body.replaceAll(MINE, () => user.email ?? '')
        : generated.body,
    headers: Object.fromEntries(headers),
  };
}

function send(port: number, { method, target, headers, body }: AnyRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    // Node gives a body no length by itself where the method usually has none.
    const framed = { ...headers, 'content-length': Buffer.byteLength(body) };
    const to = { port, host: '127.0.0.1', agent, method, path: target };
    request({ ...to, headers: framed, signal: AbortSignal.timeout(PATIENCE) }, resolve)
      .on('error', reject)
      .end(body);
  });
}

/** What holds for every answer, whatever was asked. */
async function expectSound(response: IncomingMessage, method: string): Promise<string> {
  const answer = await text(response);
  const { statusCode = 0, headers } = response;
  expect(statusCode).to.be.within(200, 499);
  expect(answer).not.to.match(/node_modules|\.[jt]s:\d/);
  expect(headers['cache-control']).to.equal('no-store');
  if (statusCode === 405) expect(headers.allow).to.match(/^[A-Z]+(, [A-Z]+)*$/);
  const isPage = headers['content-type']?.startsWith('text/html');
  if (isPage) expect(answer).to.match(method === 'HEAD' ? /^$/ : /^(?:<!doctype html>|Redirecting to \/|$)/);
  else if (statusCode >= 400 && method !== 'HEAD') {
    expect(headers['content-type']).to.match(/^application\/json/);
    expect(JSON.parse(answer).error).to.be.a('string').and.not.to.equal('');
  }
  return answer;
}

/** Nothing was logged but requests, and the one warning that a forged X-Forwarded-For is worth. */
function expectQuiet({ lines }: TestApp): void {
  const unexpected = lines.filter((line) => !/"level":30|set TRUST_PROXY/.test(line));
  expect(unexpected).to.deep.equal([]);
}

describe('V2.2.1 generated requests', () => {
  after(() => agent.destroy());

  for (const authType of SETTINGS) {
    it(`are answered below 500, refusals in JSON or as a page, under ${authType ?? 'no scheme'}`, async () => {
      const app = buildApp({ authType });
      const { port } = await listen(app.listener);
      const property = fc.asyncProperty(anyRequest, async (generated) => {
        const user = await makeUser();
        const filled = fill(generated, user, await credentials(app, user));

        const response = await send(port, filled);

        await expectSound(response, filled.method);
      });

      await fc.assert(property, { numRuns: RUNS });

      expectQuiet(app);
    });
  }

  for (const authType of [null, 'session_db_auth', 'jwt_auth'] as const) {
    it(`to /auth are so too, by anybody and by admins, under ${authType ?? 'no scheme'}`, async () => {
      const app = buildApp({ authType });
      const { port } = await listen(app.listener);
      const routes = app.routes.filter(({ path }) => /^\/(?:auth|protected)/.test(path));
      const role = fc.constantFrom('user', 'admin');
      const property = fc.asyncProperty(anyRequestTo(routes), role, async (generated, asRole) => {
        const user = await makeUser({ role: asRole });
        const visitor = new Visitor(app);
        await visitor.login(user);
        const cookie = `${app.config.sessionName}=${visitor.cookie()}`;
        const filled = fill(generated, user, { Cookie: cookie });

        const response = await send(port, filled);

        const answer = await expectSound(response, filled.method);
        expect(answer).not.to.include(visitor.cookie());
      });

      await fc.assert(property, { numRuns: 2 * RUNS });

      expectQuiet(app);
    });
  }
});

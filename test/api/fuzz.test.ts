import { Agent, request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import * as fc from 'fast-check';
import type { User } from '../../models/user.js';
import { anyRequest, MINE, type AnyRequest } from '../support/any_request.js';
import { buildApp, credentials, makeUser, SETTINGS } from '../support/app.js';
import { listen } from '../support/listening.js';

const RUNS = 120;
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
    headers: Object.fromEntries(headers),
  };
}

function send(port: number, { method, target, headers, body }: AnyRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    // Node gives a body no length by itself where the method usually has none.
    const framed = { ...headers, 'content-length': Buffer.byteLength(body) };
    const options = { port, host: '127.0.0.1', agent, method, path: target, headers: framed };
    request(options, resolve).on('error', reject).end(body);
  });
}

describe('generated requests', () => {
  after(() => agent.destroy());

  for (const authType of SETTINGS) {
    it(`are answered below 500, refusals in JSON, under ${authType ?? 'no scheme'}`, async () => {
      const app = buildApp({ authType });
      const { port } = await listen(app.listener);
      const property = fc.asyncProperty(anyRequest, async (generated) => {
        const user = await makeUser();
        const filled = fill(generated, user, await credentials(app, user));

        const response = await send(port, filled);

        const answer = await text(response);
        expect(response.statusCode).to.be.within(200, 499);
        expect(answer).not.to.match(/node_modules|\.[jt]s:\d/);
        if ((response.statusCode ?? 0) < 400 || filled.method === 'HEAD') return;
        expect(response.headers['content-type']).to.match(/^application\/json/);
        expect(JSON.parse(answer).error).to.be.a('string').and.not.to.equal('');
      });

      await fc.assert(property, { numRuns: RUNS });

      // The one warning that a forged X-Forwarded-For is worth.
      const unexpected = app.lines.filter((line) => !/"level":30|set TRUST_PROXY/.test(line));
      expect(unexpected).to.deep.equal([]);
    });
  }
});

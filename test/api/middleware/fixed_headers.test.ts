import { createServer, type ServerResponse } from 'node:http';
import { expect } from 'chai';
import supertest from 'supertest';
import { fixedHeaders } from '../../../api/middleware/fixed_headers.js';

const HEADERS = [
  ['X-One', '1'],
  ['X-Two', 'a, b'],
] as const;

/** The headers of an answer that these were given to, and how often each was sent. */
async function sent(give: (res: ServerResponse) => void): Promise<Record<string, readonly string[]>> {
  const server = createServer((_request, response) => {
    give(response);
    response.setHeader('X-Own', 'own');
    response.end('body');
  });
  const answer = await supertest(server).get('/');
  expect(answer.text).to.equal('body');
  const { res } = answer as unknown as { res: { headersDistinct: Record<string, readonly string[]> } };
  return res.headersDistinct;
}

describe('fixed headers', () => {
  it('go out once, beside those that are set', async () => {
    const headers = await sent(fixedHeaders(HEADERS));

    expect(headers).to.deep.include({ 'x-one': ['1'], 'x-two': ['a, b'], 'x-own': ['own'] });
    expect(headers).to.have.property('content-length');
  });

  it('add up', async () => {
    const [one, two] = HEADERS.map((header) => fixedHeaders([header]));

    const headers = await sent((res) => {
      one?.(res);
      two?.(res);
    });

    expect(headers).to.deep.include({ 'x-one': ['1'], 'x-two': ['a, b'], 'x-own': ['own'] });
  });

  it('are on that answer only', async () => {
    fixedHeaders(HEADERS);

    expect(await sent(() => {})).not.to.have.any.keys('x-one', 'x-two');
  });

  it('are the same on a Node that writes heads in another way', async () => {
    const headers = await sent(fixedHeaders(HEADERS, {}));

    expect(headers).to.deep.include({ 'x-one': ['1'], 'x-two': ['a, b'], 'x-own': ['own'] });
  });

  for (const [name, value] of [
    ['X-Bad', 'a\r\nX-Other: b'],
    ['X-Bad', 'a\n'],
    ['X Bad', 'a'],
    ['X-Bad:', 'a'],
    ['', 'a'],
  ] as const) {
    it(`refuse ${JSON.stringify(`${name}: ${value}`)}`, () => {
      expect(() => fixedHeaders([[name, value]])).to.throw(TypeError);
    });
  }
});

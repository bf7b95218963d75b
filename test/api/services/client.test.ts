import type { IncomingMessage } from 'node:http';
import { expect } from 'chai';
import Koa from 'koa';
import pino from 'pino';
import supertest from 'supertest';
import { clientOf, trustOf, useTrustedProxies } from '../../../api/services/client.js';
import type { State } from '../../../api/context.js';

type Setting = number | readonly string[];
type Headers = Readonly<Record<string, string>>;

function request(peer: string | undefined, headers: Headers, encrypted = false): IncomingMessage {
  return { headers, socket: { remoteAddress: peer, encrypted } } as unknown as IncomingMessage;
}

function addressOf(setting: Setting, peer: string, forwardedFor: string): string {
  return clientOf(request(peer, { 'x-forwarded-for': forwardedFor }), trustOf(setting)).ip;
}

describe("V4.1.3, V15.3.4 the client's address", () => {
  const cases: readonly (readonly [why: string, Setting, peer: string, header: string, ip: string])[] = [
    ['nobody is trusted', 0, '127.0.0.1', '1.2.3.4', '127.0.0.1'],
    ['one proxy', 1, '127.0.0.1', '1.2.3.4', '1.2.3.4'],
    ['the leftmost is spoofed', 1, '127.0.0.1', '6.6.6.6, 1.2.3.4', '1.2.3.4'],
    ['many are spoofed', 1, '10.0.0.2', '127.0.0.1, 10.0.0.1, 6.6.6.6,1.2.3.4', '1.2.3.4'],
    ['two proxies', 2, '10.0.0.2', '6.6.6.6, 1.2.3.4, 10.0.0.9', '1.2.3.4'],
    ['two proxies, the first of them public', 2, '10.0.0.2', '6.6.6.6, 1.2.3.4, 8.8.8.8', '1.2.3.4'],
    ['fewer entries than proxies', 3, '127.0.0.1', '1.2.3.4', '1.2.3.4'],
    ['more proxies than is said', 1, '127.0.0.1', '1.2.3.4, 10.0.0.9', '10.0.0.9'],
    ['the peer of a number is public', 1, '8.8.8.8', '1.2.3.4', '8.8.8.8'],
    ['the peer of a number is public IPv6', 2, '2001:db8::1', '1.2.3.4', '2001:db8::1'],
    ['the peer is on the private network', 1, '172.16.0.9', '1.2.3.4', '1.2.3.4'],
    ['the peer is just outside it', 1, '172.32.0.9', '1.2.3.4', '172.32.0.9'],
    ['the peer is a unique local IPv6', 1, 'fd00::1', '1.2.3.4', '1.2.3.4'],
    ['the peer is a mapped IPv4', 1, '::ffff:127.0.0.1', '1.2.3.4', '1.2.3.4'],
    ['nothing is forwarded', 1, '127.0.0.1', '', '127.0.0.1'],
    ['an IPv6 client', 1, '127.0.0.1', '2001:DB8::7', '2001:db8::7'],
    ['an IPv6 client in brackets', 1, '127.0.0.1', '[2001:db8::7]', '2001:db8::7'],
    ['an IPv6 client with a port', 1, '127.0.0.1', '[2001:db8::7]:4711', '2001:db8::7'],
    ['an IPv4 client with a port', 1, '127.0.0.1', '1.2.3.4:4711', '1.2.3.4'],
    ['a mapped client', 1, '127.0.0.1', '::ffff:1.2.3.4', '1.2.3.4'],
    ['spaces and tabs', 1, '127.0.0.1', ' 6.6.6.6 ,\t1.2.3.4 ', '1.2.3.4'],
    ['garbage', 1, '127.0.0.1', 'unknown', '127.0.0.1'],
    ['garbage of a hidden client', 1, '127.0.0.1', '1.2.3.4, _hidden', '127.0.0.1'],
    ['an empty entry', 1, '127.0.0.1', '1.2.3.4,', '127.0.0.1'],
    ['too large a number', 1, '127.0.0.1', '1.2.3.400', '127.0.0.1'],
    ['a name', 1, '127.0.0.1', 'localhost', '127.0.0.1'],
    ['a whole number', 1, '127.0.0.1', '2130706433', '127.0.0.1'],
    ['an IPv6 zone', 1, '127.0.0.1', 'fe80::1%eth0', '127.0.0.1'],
    ['too long a port', 1, '127.0.0.1', '1.2.3.4:471100', '127.0.0.1'],
    ['a script', 1, '127.0.0.1', '<script>', '127.0.0.1'],
    ['garbage before the second proxy', 2, '127.0.0.1', 'garbage, 10.0.0.9', '10.0.0.9'],
    ['a listed proxy', ['10.0.0.2'], '10.0.0.2', '6.6.6.6, 1.2.3.4', '1.2.3.4'],
    ['a listed public proxy', ['203.0.113.0/24'], '203.0.113.9', '1.2.3.4', '1.2.3.4'],
    ['a listed IPv6 network', ['2001:db8::/32'], '2001:db8:1::1', '1.2.3.4', '1.2.3.4'],
    ['a proxy that is not listed', ['10.0.0.2'], '127.0.0.1', '1.2.3.4', '127.0.0.1'],
    [
      'a chain of listed ones',
      ['loopback', '10.0.0.0/8'],
      '127.0.0.1',
      '6.6.6.6, 1.2.3.4, 10.1.1.1',
      '1.2.3.4',
    ],
    ['a listed one claimed by a stranger', ['10.0.0.0/8'], '10.0.0.2', '10.0.0.3, 6.6.6.6', '6.6.6.6'],
    ['listed ones only', ['10.0.0.0/8'], '10.0.0.2', '10.0.0.3', '10.0.0.3'],
    ['a listed one behind garbage', ['10.0.0.0/8'], '10.0.0.2', 'x, 10.0.0.3', '10.0.0.3'],
    ['the names of proxy-addr', ['uniquelocal', 'linklocal'], '169.254.1.1', '1.2.3.4', '1.2.3.4'],
  ];
  for (const [why, setting, peer, header, ip] of cases) {
    it(`is ${ip} for ${why}: "${header}" from ${peer}, trusting ${setting.toString()}`, () => {
      expect(addressOf(setting, peer, header)).to.equal(ip);
    });
  }

  it('is empty when the connection is gone, which nobody trusts', () => {
    const gone = request(undefined, { 'x-forwarded-for': '1.2.3.4' });

    expect(clientOf(gone, trustOf(1)).ip).to.equal('');
  });
});

describe('the protocol', () => {
  const cases: readonly (readonly [
    Setting,
    peer: string,
    headers: Headers,
    tls: boolean,
    expected: string,
  ])[] = [
    [0, '127.0.0.1', {}, false, 'http'],
    [0, '127.0.0.1', {}, true, 'https'],
    [0, '127.0.0.1', { 'x-forwarded-proto': 'https' }, false, 'http'],
    [0, '127.0.0.1', { 'x-forwarded-proto': 'http' }, true, 'https'],
    [1, '8.8.8.8', { 'x-forwarded-proto': 'https' }, false, 'http'],
    [1, '127.0.0.1', { 'x-forwarded-proto': 'https' }, false, 'https'],
    [1, '127.0.0.1', { 'x-forwarded-proto': 'HTTPS' }, false, 'https'],
    [1, '127.0.0.1', { 'x-forwarded-proto': 'http' }, true, 'http'],
    [1, '127.0.0.1', { 'x-forwarded-proto': 'https, http' }, false, 'http'],
    [1, '127.0.0.1', { 'x-forwarded-proto': 'http, https' }, false, 'https'],
    [
      2,
      '127.0.0.1',
      { 'x-forwarded-proto': 'https,http', 'x-forwarded-for': '1.2.3.4,10.0.0.1' },
      false,
      'https',
    ],
    [2, '127.0.0.1', { 'x-forwarded-proto': 'https', 'x-forwarded-for': '1.2.3.4,10.0.0.1' }, false, 'https'],
    [1, '127.0.0.1', { 'x-forwarded-proto': 'wss' }, false, 'http'],
    [1, '127.0.0.1', { 'x-forwarded-proto': '' }, true, 'https'],
    [1, '127.0.0.1', { 'x-forwarded-proto': 'javascript:' }, false, 'http'],
  ];
  for (const [setting, peer, headers, tls, expected] of cases) {
    it(`is ${expected} for ${JSON.stringify(headers)} from ${peer}${tls ? ' over TLS' : ''}, trusting ${setting.toString()}`, () => {
      expect(clientOf(request(peer, headers, tls), trustOf(setting)).protocol).to.equal(expected);
    });
  }
});

describe('useTrustedProxies', () => {
  function echo(setting: Setting): { send: (headers: Headers) => Promise<unknown>; lines: string[] } {
    const lines: string[] = [];
    const app = new Koa<State>();
    useTrustedProxies(app, setting, pino({}, { write: (line: string) => lines.push(line) }));
    app.use((ctx) => {
      const { ip, protocol, secure, host, hostname } = ctx;
      ctx.body = {
        ip,
        protocol,
        secure,
        host,
        hostname,
        requestIp: ctx.request.ip,
        cookies: ctx.cookies.secure,
      };
    });
    const server = app.callback();
    return { send: async (headers) => (await supertest(server).get('/').set(headers)).body, lines };
  }

  const FORWARDED = {
    Host: 'inner:5000',
    'X-Forwarded-For': '6.6.6.6, 1.2.3.4',
    'X-Forwarded-Proto': 'https',
    'X-Forwarded-Host': 'app.example:8443',
  };

  it("shows the client's side everywhere behind a trusted proxy", async () => {
    const { send, lines } = echo(['loopback']);

    expect(await send(FORWARDED)).to.deep.equal({
      ip: '1.2.3.4',
      requestIp: '1.2.3.4',
      protocol: 'https',
      secure: true,
      cookies: true,
      host: 'app.example:8443',
      hostname: 'app.example',
    });
    expect(lines).to.deep.equal([]);
  });

  it('shows our own side when nobody is trusted, and warns once', async () => {
    const { send, lines } = echo(0);

    for (let requests = 0; requests < 3; requests += 1) {
      expect(await send(FORWARDED)).to.include({ protocol: 'http', secure: false, host: 'inner:5000' });
    }
    expect(await send(FORWARDED)).to.have.property('ip', '127.0.0.1');

    expect(lines).to.have.length(1);
    expect(lines[0]).to.include('"level":40').and.to.include('127.0.0.1').and.to.include('set TRUST_PROXY');
  });

  for (const name of ['X-Forwarded-For', 'X-Forwarded-Proto', 'X-Forwarded-Host', 'Forwarded']) {
    it(`warns of ${name} from a peer that is not on the list`, async () => {
      const { send, lines } = echo(['10.0.0.1']);

      await send({ [name]: 'https' });

      expect(lines).to.have.length(1);
    });
  }

  it('is silent where nothing is forwarded', async () => {
    const { send, lines } = echo(0);

    await send({});

    expect(lines).to.deep.equal([]);
  });

  for (const host of ['a b', 'evil.example/path', 'user@evil.example', 'x:port', '<b>', '']) {
    it(`takes "${host}" for no host`, async () => {
      const shown = await echo(1).send({ ...FORWARDED, 'X-Forwarded-Host': host });

      expect(shown).to.have.property('host', 'inner:5000');
    });
  }
});

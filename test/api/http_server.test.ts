import { connect } from 'node:net';
import { expect } from 'chai';
import { HttpServer } from '../../api/http_server.js';
import { Held } from '../support/held.js';
import { listen } from '../support/listening.js';
import { bodies, exchange, get, RawClient } from '../support/raw_client.js';
import { turns } from '../support/until.js';

const HOST = 'Host: x\r\n\r\n';

describe('HttpServer.listen', () => {
  it('fails when the port is taken', async () => {
    const { port } = await listen(() => {});

    const error: unknown = await new HttpServer(() => {}).listen(port, '127.0.0.1').catch((e: unknown) => e);

    expect(error).to.have.property('code', 'EADDRINUSE');
  });
});

describe('HttpServer', () => {
  it('answers pipelined requests in their order', async () => {
    const held = new Held();
    const { port } = await listen(held.listener);
    const client = new RawClient(port).send(get('/1') + get('/2') + get('/3', 'Connection: close'));
    await held.arrived(3);

    for (const [index, response] of [...held.responses.entries()].toReversed()) response.end(String(index));

    expect(bodies(await client.answers())).to.deep.equal(['0', '1', '2']);
  });

  it('answers whole requests before the broken one behind them', async () => {
    const held = new Held();
    const { port } = await listen(held.listener);
    const client = new RawClient(port).send(`${get('/1')}${get('/2')}broken\r\n\r\n`);
    await held.arrived(2);

    for (const response of held.responses) response.end('fine');

    const answers = await client.answers();
    expect(answers.map(({ status }) => status)).to.deep.equal([200, 200, 400]);
    expect(bodies(answers)).to.deep.equal(['fine', 'fine', '{"error":"Bad request"}']);
  });

  it('answers once, however much of it is broken behind a request that takes its time', async () => {
    const held = new Held();
    const { port } = await listen(held.listener);
    const warnings: Error[] = [];
    const note = (warning: Error): number => warnings.push(warning);
    process.on('warning', note);
    const client = new RawClient(port).send(get('/slow'));
    await held.arrived(1);

    for (let chunks = 0; chunks < 20; chunks += 1) {
      client.send('broken\r\n\r\n');
      await turns(20);
    }
    held.responses[0]?.end('fine');

    expect(bodies(await client.answers())).to.deep.equal(['fine', '{"error":"Bad request"}']);
    process.off('warning', note);
    expect(warnings).to.deep.equal([]);
  });

  it('does not wait for the rest of a body that is broken', async () => {
    const held = new Held();
    const { port } = await listen(held.listener);

    const answers = await exchange(port, `POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n${HOST}zz\r\n`);

    expect(held.paths).to.deep.equal(['/']);
    expect(bodies(answers)).to.deep.equal(['{"error":"Bad request"}']);
  });

  it('closes the connection of a client that is refused and goes on sending', async () => {
    const { port } = await listen(() => {});
    const client = new RawClient(port).send('broken\r\n\r\n');
    await client.until(/\{.*\}/);

    for (let lines = 0; lines < 5; lines += 1) client.send('more of it\r\n');

    expect(bodies(await client.answers())).to.deep.equal(['{"error":"Bad request"}']);
  });

  it('closes it too when the client never does', async () => {
    const { port } = await listen(() => {});
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    socket
      .on('error', () => {})
      .resume()
      .write('broken\r\n\r\n');
    const more = setInterval(() => socket.write('more'), 50);

    await new Promise((closed) => socket.once('close', closed));
    clearInterval(more);

    expect(socket.errored)
      .to.have.property('code')
      .that.matches(/ECONNRESET|EPIPE/);
  });
});

import { expect } from 'chai';
import { Held } from '../support/held.js';
import { listen } from '../support/listening.js';
import { bodies, exchange, get, RawClient } from '../support/raw_client.js';
import { turns } from '../support/until.js';

describe('HttpServer.stop', () => {
  it('lets a request under way be answered, and closes its connection', async () => {
    const held = new Held();
    const { server, port } = await listen(held.listener);
    const client = new RawClient(port).send(get('/slow'));
    await held.arrived(1);

    const stopped = server.stop(5000);
    held.responses[0]?.end('whole');
    await stopped;

    const [answer] = await client.answers();
    expect(answer).to.include({ status: 200, body: 'whole' });
    expect(answer?.headers.get('connection')).to.equal('close');
  });

  it('lets all pipelined requests be answered that came before', async () => {
    const held = new Held();
    const { server, port } = await listen(held.listener);
    const client = new RawClient(port).send(get('/1') + get('/2'));
    await held.arrived(2);

    const stopped = server.stop(5000);
    for (const response of held.responses) response.end('whole');
    await stopped;

    expect(bodies(await client.answers())).to.deep.equal(['whole', 'whole']);
  });

  it('serves no request that comes later on a connection it still answers', async () => {
    const held = new Held();
    const { server, port } = await listen(held.listener);
    const client = new RawClient(port).send(get('/before'));
    await held.arrived(1);

    const stopped = server.stop(5000);
    await new Promise<void>((sent) => client.socket.write(get('/after'), () => sent()));
    await turns(50);
    held.responses[0]?.end('whole');
    await stopped;

    expect(bodies(await client.answers())).to.deep.equal(['whole']);
    expect(held.paths).to.deep.equal(['/before']);
  });

  it('is not held up by connections that are silent, idle, or have sent half a request', async () => {
    const { server, port } = await listen((_request, response) => response.end('done'));
    const silent = new RawClient(port);
    const half = new RawClient(port).send('GET / HTTP/1.1\r\nHost');
    const idle = new RawClient(port).send(get('/'));
    await idle.until(/done/);
    await exchange(port, get('/', 'Connection: close'));

    const start = performance.now();
    await server.stop(5000);

    expect(performance.now() - start).to.be.below(2500);
    await Promise.all([silent.closed, half.closed, idle.closed]);
  });

  it('closes a connection behind an answer whose head was sent before', async () => {
    const held = new Held();
    const { server, port } = await listen(held.listener);
    const client = new RawClient(port).send(get('/slow'));
    await held.arrived(1);
    held.responses[0]?.writeHead(200, { 'Content-Length': 5 }).write('wh');
    await client.until(/wh/);

    const start = performance.now();
    const stopped = server.stop(5000);
    held.responses[0]?.end('ole');
    await stopped;

    expect(performance.now() - start).to.be.below(2500);
    expect(bodies(await client.answers())).to.deep.equal(['whole']);
  });

  it('cuts off what is not answered by the deadline', async () => {
    const held = new Held();
    const { server, port } = await listen(held.listener);
    const client = new RawClient(port).send(get('/stuck'));
    await held.arrived(1);

    await server.stop(20);

    expect(await client.answers()).to.deep.equal([]);
  });

  it('takes no new connection', async () => {
    const { server, port } = await listen((_request, response) => response.end());
    await server.stop(5000);

    expect(await exchange(port, get('/'))).to.deep.equal([]);
  });

  it('stops once, however often it is told to', async () => {
    const { server } = await listen(() => {});

    const [first, second] = [server.stop(5000), server.stop(1)];

    expect(second).to.equal(first);
    await first;
  });
});

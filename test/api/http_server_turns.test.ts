import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { expect } from 'chai';
import { listen } from '../support/listening.js';
import { bodies, exchange, get, RawClient } from '../support/raw_client.js';

/** Where Node says that it has read the head of a request, before any server knows of it. */
const READ = 'http.server.request.start';

const ENDS = 'the turn ends';
const OVER = 'the turn is over';

let onRead: (request: IncomingMessage) => void;
const watch = (message: unknown): void => onRead((message as { request: IncomingMessage }).request);

/** What happens to requests, in order, between the marks of the turns of the event loop in which they are read. */
class TurnLog {
  readonly lines: string[] = [];
  #isMarked = false;

  readonly read = ({ url }: IncomingMessage): void => {
    this.lines.push(`read ${url}`);
    if (this.#isMarked) return;
    this.#isMarked = true;
    // The server learns of the request between the two: what it sets for the end of this turn happens between them.
    setImmediate(() => this.lines.push(ENDS));
    process.nextTick(() => setImmediate(() => this.#end()));
  };

  /** Answers as soon as whoever handed over the request is done. */
  readonly listener = ({ url }: IncomingMessage, response: ServerResponse): void => {
    this.lines.push(`handed over ${url}`);
    queueMicrotask(() => {
      this.lines.push(`answered ${url}`);
      response.end(url);
    });
  };

  #end(): void {
    this.#isMarked = false;
    this.lines.push(OVER);
  }

  /** The lines of each turn, and at last what came behind all of them. */
  get turns(): string[][] {
    const turns: string[][] = [[]];
    for (const line of this.lines) {
      turns.at(-1)?.push(line);
      if (line === OVER) turns.push([]);
    }
    return turns;
  }
}

/** The lines of a turn in which these were read, as they must be. */
function together(paths: readonly string[]): string[] {
  const each = (what: string): string[] => paths.map((path) => `${what} ${path}`);
  return [...each('read'), ENDS, ...each('handed over'), ...each('answered'), OVER];
}

function readIn(turn: readonly string[]): string[] {
  return turn.filter((line) => line.startsWith('read ')).map((line) => line.slice('read '.length));
}

describe('HttpServer, of what it reads in one turn of the event loop', () => {
  beforeEach(() => {
    onRead = (): void => {};
    subscribe(READ, watch);
  });
  afterEach(() => void unsubscribe(READ, watch));

  it('hands over all requests together at its end, in the order of one connection', async () => {
    const log = new TurnLog();
    onRead = log.read;
    const { port } = await listen(log.listener);

    const answers = await exchange(port, get('/1') + get('/2') + get('/3', 'Connection: close'));

    expect(log.lines).to.deep.equal(together(['/1', '/2', '/3']));
    expect(bodies(answers)).to.deep.equal(['/1', '/2', '/3']);
  });

  it('hands over those of many connections together, in the order in which they came', async () => {
    const log = new TurnLog();
    onRead = log.read;
    const { port } = await listen(log.listener);
    const clients = Array.from({ length: 8 }, () => new RawClient(port));
    const sent: string[] = [];

    // As a rule once: it is the system that says what can be read in one turn.
    while (!log.turns.some((turn) => readIn(turn).length > 1)) {
      const paths = clients.map((_, i) => `/${sent.length + i}/`);
      sent.push(...paths);
      for (const [i, client] of clients.entries()) client.send(get(paths[i] ?? ''));
      await Promise.all(clients.map((client, i) => client.until(new RegExp(paths[i] ?? ''))));
    }

    const turns = log.turns;
    expect(turns.pop()).to.deep.equal([]);
    for (const turn of turns) expect(turn).to.deep.equal(together(readIn(turn)));
    expect(turns.flatMap(readIn)).to.have.members(sent);
  });

  it('hands over nothing of a connection that has closed meanwhile, and what came over others', async () => {
    const log = new TurnLog();
    const { port } = await listen(log.listener);
    const clients = [new RawClient(port), new RawClient(port)] as const;
    onRead = ({ url, socket }): void => void (url === '/gone/2' && socket.destroy());

    clients[0].send(get('/gone/1') + get('/gone/2'));
    clients[1].send(get('/stays', 'Connection: close'));

    expect(bodies(await clients[1].answers())).to.deep.equal(['/stays']);
    expect(await clients[0].answers()).to.deep.equal([]);
    expect(log.lines).to.deep.equal(['handed over /stays', 'answered /stays']);
  });

  it('hands over nothing of a connection that an earlier request of it has closed', async () => {
    const paths: (string | undefined)[] = [];
    const { port } = await listen(({ url, socket }) => {
      paths.push(url);
      socket.destroy();
    });

    await exchange(port, get('/1') + get('/2'));

    expect(paths).to.deep.equal(['/1']);
  });

  it('loses no other request when one makes the application throw, and does not hide the error', async () => {
    const { port } = await listen(({ url }, response) => {
      response.end(url);
      if (url === '/2') throw new Error('boom');
    });
    const errors: string[] = [];
    process.setUncaughtExceptionCaptureCallback((error) => errors.push(error.message));

    try {
      const answers = await exchange(port, get('/1') + get('/2') + get('/3', 'Connection: close'));

      expect(bodies(answers)).to.deep.equal(['/1', '/2', '/3']);
      expect(errors).to.deep.equal(['boom']);
    } finally {
      process.setUncaughtExceptionCaptureCallback(null);
    }
  });

  it('answers what it has read when it is told to stop before the end', async () => {
    const log = new TurnLog();
    const { server, port } = await listen(log.listener);
    const stopped = new Promise<void>((resolve, reject) => {
      onRead = (): void => process.nextTick(() => server.stop(5000).then(resolve, reject));
    });

    const [answer] = await exchange(port, get('/'));
    await stopped;

    expect(answer).to.include({ status: 200, body: '/' });
    expect(answer?.headers.get('connection')).to.equal('close');
  });
});

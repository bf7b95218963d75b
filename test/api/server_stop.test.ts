import { readdir } from 'node:fs/promises';
import { expect } from 'chai';
import { HttpServer } from '../../api/http_server.js';
import { RawClient } from '../support/raw_client.js';
import { isAlive, ServerProcess } from '../support/server_process.js';
import { tempFolder } from '../support/temp_storage.js';
import { until } from '../support/until.js';

/** A password check that takes about half a second. */
const SLOW = { SCRYPT_COST: '15,8,6' };
const FORM = 'email=nobody%40example.org&password=x';

/** A login that the server has begun to answer. */
async function slowLogin(port: number): Promise<RawClient> {
  const head = ['POST /api/v1/auth_session/login HTTP/1.1', 'Host: x', 'Expect: 100-continue'];
  const type = ['Content-Type: application/x-www-form-urlencoded', `Content-Length: ${FORM.length}`];
  const client = new RawClient(port).send([...head, ...type, '\r\n'].join('\r\n'));
  await client.until(/100 Continue/);
  return client.send(FORM);
}

async function startServer(): Promise<{ server: ServerProcess; port: number; folder: string }> {
  const folder = await tempFolder();
  const server = ServerProcess.node({ ...SLOW, AUTH_TYPE: 'session_db_auth', STORAGE_DIR: folder });
  return { server, port: await server.port(), folder };
}

describe('the stop of a server', () => {
  for (const signals of [['SIGTERM'], ['SIGINT'], ['SIGINT', 'SIGINT', 'SIGTERM']] as const) {
    it(`by ${signals.join(' and ')} lets a login under way be answered`, async () => {
      const { server, port, folder } = await startServer();
      const silent = new RawClient(port);
      const client = await slowLogin(port);

      const start = performance.now();
      for (const signal of signals) {
        server.kill(signal);
        await silent.closed;
      }
      const code = await server.exited;

      const [answer] = await client.answers();
      expect(code).to.equal(0);
      expect(performance.now() - start).to.be.below(8000);
      expect(answer?.status).to.equal(404);
      expect(answer?.body).to.equal('{"error":"no user found for this email"}');
      expect(answer?.headers.get('connection')).to.equal('close');
      expect(server.lines.at(-1)?.msg).to.equal('Gatehouse stopped');
      expect(server.stderr).to.equal('');
      const next = new HttpServer(() => {});
      await next.listen(port, '127.0.0.1');
      await next.stop(0);
      expect(await readdir(folder)).to.have.members([
        'ThrottleEntry.jsonl',
        'User.jsonl',
        'UserSession.jsonl',
        'audit',
        'keys.json',
      ]);
    });
  }

  it('waits for nothing when nothing is under way', async () => {
    const { server, port } = await startServer();
    await fetch(`http://127.0.0.1:${port}/api/v1/status`);

    const start = performance.now();
    server.kill('SIGTERM');

    expect(await server.exited).to.equal(0);
    expect(performance.now() - start).to.be.below(2500);
  });
});

describe('npm start', () => {
  const stops: readonly (readonly [string, (npm: ServerProcess) => void])[] = [
    ['SIGTERM to npm', (npm) => npm.kill('SIGTERM')],
    ['SIGINT to npm', (npm) => npm.kill('SIGINT')],
    ['Ctrl-C in a terminal', (npm) => npm.killGroup('SIGINT')],
  ];
  for (const [what, stop] of stops) {
    it(`builds, starts, and is stopped by ${what} without leaving a process behind`, async () => {
      const npm = ServerProcess.npmStart({ AUTH_TYPE: 'session_auth', STORAGE_DIR: await tempFolder() });
      const port = await npm.port();
      const pid = npm.lines[0]?.pid ?? Number.NaN;
      expect(isAlive(pid)).to.equal(true);
      expect((await fetch(`http://127.0.0.1:${port}/api/v1/status`)).status).to.equal(200);

      stop(npm);
      await npm.exited;

      await until(() => !isAlive(pid));
      expect(npm.lines.at(-1)?.msg).to.equal('Gatehouse stopped');
    });
  }
});

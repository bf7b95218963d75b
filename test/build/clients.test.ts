import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { ServerProcess } from '../support/server_process.js';
import { useTempFolder } from '../support/temp_folder.js';

/** Where nobody answers: the server loads what it needs, and ends. */
const NOWHERE = '127.0.0.1:1';
/** The clients of the engines, by what the bundle says of their code. */
const CLIENTS = ['postgres', 'ioredis'];

describe('the client of an engine', () => {
  const folder = useTempFolder();

  /** The clients in whatever a server had loaded by its end: Node lists all scripts of a process for a coverage. */
  async function loadedBy(env: Readonly<Record<string, string>>, untilUp: boolean): Promise<string[]> {
    const coverage = join(folder(), 'coverage');
    const server = ServerProcess.node({
      AUTH_TYPE: 'session_db_auth',
      STORAGE_DIR: join(folder(), 'storage'),
      NODE_V8_COVERAGE: coverage,
      ...env,
    });
    if (untilUp) {
      const page = await fetch(`http://127.0.0.1:${await server.port()}/login`);
      expect(page.status).to.equal(200);
      server.kill('SIGTERM');
    }
    await server.exited;
    const [file = ''] = await readdir(coverage);
    const { result } = JSON.parse(await readFile(join(coverage, file), 'utf8')) as {
      readonly result: readonly { readonly url: string }[];
    };
    const own = result.map(({ url }) => url).filter((url) => url.includes('/dist/bundle/'));
    const codes = await Promise.all(own.map((url) => readFile(fileURLToPath(url), 'utf8')));
    expect(codes.some((code) => code.includes('node_modules/koa/'))).to.equal(true);
    return CLIENTS.filter((name) => codes.some((code) => code.includes(`node_modules/${name}/`)));
  }

  it('is not loaded by a server that keeps everything in files', async () => {
    expect(await loadedBy({}, true)).to.deep.equal([]);
  });

  it('is loaded by one that is told to use the engine', async () => {
    expect(await loadedBy({ STORAGE_URL: `postgres://a:b@${NOWHERE}/c` }, false)).to.deep.equal(['postgres']);
  });

  it('is loaded for sessions alone where these are elsewhere', async () => {
    expect(await loadedBy({ SESSION_STORAGE_URL: `redis://${NOWHERE}` }, false)).to.deep.equal(['ioredis']);
  });
});

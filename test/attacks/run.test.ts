import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { isAlive } from '../support/server_process.js';
import { tempFolder } from '../support/temp_storage.js';
import { until } from '../support/until.js';
import { ATTACKS } from './attacks.js';
import { NaiveServer } from './support/naive_server.js';

const ROOT = fileURLToPath(new URL('.', import.meta.resolve('#package')));
const PAGE = readFileSync(join(ROOT, 'docs/attacks.md'), 'utf8');
const RUN = fileURLToPath(new URL('run.js', import.meta.url));

interface Ended {
  readonly code: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

/** What `npm run attack` runs, with its temporary files in a folder that a test can look into. */
function start(temporary: string, ...args: readonly string[]) {
  const { PATH, NODE_V8_COVERAGE } = process.env;
  const child = spawn(process.execPath, [RUN, ...args], {
    env: { PATH, NODE_V8_COVERAGE, TMPDIR: temporary },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  const ended = once(child, 'close').then(([code]: unknown[]): Ended => ({ code, stdout, stderr }));
  return { child, ended };
}

async function run(...args: readonly string[]): Promise<Ended> {
  return start(await tempFolder(), ...args).ended;
}

describe('npm run attack', function () {
  this.timeout(20_000);
  let naive: NaiveServer;
  beforeEach(async () => {
    naive = await NaiveServer.start(await tempFolder());
  });
  afterEach(() => naive.close());

  it('attacks a server of its own, shows what its page shows, and leaves nothing behind', async () => {
    const temporary = await tempFolder();

    const { code, stdout, stderr } = await start(temporary, 'session_theft').ended;

    expect([code, stderr]).to.deep.equal([0, '']);
    // How many values are tried depends on whether two encodings of one are alike.
    const shown = /```console\n\$ .*\n([^`]*)```/.exec(PAGE)?.[1] ?? '';
    expect(stdout.replaceAll(/\d+ tried/g, 'tried')).to.equal(shown.replaceAll(/\d+ tried/g, 'tried'));
    expect(await readdir(temporary)).to.deep.equal([]);
  });

  it('is explained for every attack, whose script is there', () => {
    const links = [...PAGE.matchAll(/^\| \[(\w+)\]\(\.\.\/test\/attacks\/(\w+)\.ts\)/gm)];

    expect(links.map(([, name]) => name)).to.deep.equal(Object.keys(ATTACKS));
    expect(links.map(([, , file]) => file)).to.deep.equal(Object.keys(ATTACKS));
    for (const [, , file] of links)
      expect(existsSync(join(ROOT, `test/attacks/${file}.ts`)), file).to.equal(true);
  });

  it('attacks a running server, and ends with 1 when something gets in', async () => {
    const { code, stdout } = await run('mass_assignment', 'open_redirect', '--url', naive.url);

    expect(code).to.equal(1);
    expect(stdout).to.match(/^\nmass_assignment\n/);
    expect(stdout).to.match(/\n {2}GOT IN {3}GET \/protected, Host: evil\.example \(to \/\/evil\.example/);
    expect(stdout).to.match(/\n\d+ attempts: \d+ went as they must not\n$/);
  });

  it('skips what needs a copy of the storage folder when nobody says where it is', async () => {
    const { code, stdout } = await run('session_theft', '--url', naive.url);
    const { stdout: more } = await run('session_theft', '--url', naive.url, '--storage', naive.storage);

    expect(code).to.equal(0);
    expect(stdout).to.include('\n  skipped  what the storage folder gives');
    expect(more).to.include('\n  GOT IN   every value of her row in UserSession.jsonl as a cookie');
  });

  for (const url of [
    'http://example.org',
    'http://192.0.2.7:5000',
    'http://localhost.evil.example',
    'http://127.0.0.1.evil.example',
    'http://127.0.0.1@evil.example',
    'https://127.0.0.1:5000',
    'ftp://localhost',
    '127.0.0.1:5000',
    'localhost',
  ]) {
    it(`refuses to attack ${url}`, async () => {
      const { code, stdout, stderr } = await run('--url', url);

      expect([code, stdout]).to.deep.equal([1, '']);
      expect(stderr).to.match(/is not this machine|must be like/);
    });
  }

  it('says what is wrong with a command', async () => {
    const { port } = new URL(naive.url);
    await naive.close();
    for (const [args, problem] of [
      [['nonsense'], /'nonsense' is invalid.*session_fixation, csrf/],
      [['--storage', '/tmp'], /^--storage goes with --url/],
      [['--url', `http://localhost:${port}`], /^no server answers at http:\/\/localhost/],
      [['--nonsense'], /unknown option/],
    ] as const) {
      const { code, stdout, stderr } = await run(...args);

      expect([code, stdout], args.join(' ')).to.deep.equal([1, '']);
      expect(stderr).to.match(problem);
    }
    expect((await run('--help')).stdout).to.include('brute_force');
  });

  it('ends its server too when it is stopped', async () => {
    const temporary = await tempFolder();
    const { child, ended } = start(temporary, 'timing_oracle');
    const lock = (): RegExpExecArray | null =>
      /\.lock-(\d+)-.*\.sock$/m.exec(readdirSync(temporary, { recursive: true }).join('\n'));
    await until(() => lock() !== null);
    const pid = Number(lock()?.[1]);

    child.kill('SIGINT');

    expect((await ended).code).to.equal(130);
    expect(isAlive(pid)).to.equal(false);
    expect(await readdir(temporary)).to.deep.equal([]);
  });
});

import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { HashThread, isKeyOf, makeKey } from '../../../models/hashing/hash_threads.js';
import { useTempFolder } from '../../support/temp_folder.js';

const THREADS = new URL('../../../models/hashing/hash_threads.js', import.meta.url).href;
const COST = { logN: 10, r: 8, p: 1 };

describe('the threads that compute password hashes', () => {
  const folder = useTempFolder();

  it('make keys that belong to one password, as many at once as they are asked for', async () => {
    const passwords = Array.from({ length: 6 }, (_, i) => `password ${i}`);
    const keys = await Promise.all(passwords.map((password) => makeKey(password, COST)));

    const belongs = await Promise.all(
      passwords.flatMap((password) => keys.map((key) => isKeyOf(password, key))),
    );
    expect(keys.map((key) => key.length)).to.deep.equal(passwords.map(() => 96));
    expect(belongs).to.deep.equal(passwords.flatMap((one) => passwords.map((other) => one === other)));
  });

  it('are used again', async () => {
    await makeKey('x', COST);
    let started = 0;
    const count = (): void => void (started += 1);
    process.on('worker', count);
    for (let i = 0; i < 3; i += 1) await makeKey('x', COST);
    process.off('worker', count);

    expect(started).to.equal(0);
  });

  it('say what is wrong with a key, and go on', async () => {
    const error = await isKeyOf('x', new Uint8Array(5)).catch(String);

    expect(error).to.match(/^Error: .*key/i);
    expect(await isKeyOf('x', await makeKey('x', COST))).to.equal(true);
  });

  it('fail the job of a thread that cannot start, and of one that ends', async () => {
    const ends = join(folder(), 'ends.mjs');
    await writeFile(ends, 'process.exit(0);');

    const job = { password: 'x', cost: COST };
    const missing = await new HashThread(pathToFileURL(join(folder(), 'missing.js')))
      .compute(job)
      .catch(String);
    expect(missing).to.match(/Cannot find module/);
    expect(await new HashThread(pathToFileURL(ends)).compute(job).catch(String)).to.match(/ended/);
  });

  it('keep a process alive until they have computed, and not longer', async () => {
    const code = `import { makeKey } from '${THREADS}';
      console.log((await makeKey('x', { logN: 10, r: 8, p: 1 })).length);`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code]);

    expect(stdout).to.equal('96\n');
  });

  it('stand back, and do the work themselves instead of the threads that write files', async function () {
    // What Linux says of each thread of this process (proc_pid_stat(5)).
    if (process.platform !== 'linux') this.skip();
    await makeKey('x', COST);
    const before = threads();

    await makeKey('x', { ...COST, logN: 15 });
    const worked = threads().map(({ id, ticks, niceness }) => {
      return { niceness, ticks: ticks - (before.find((thread) => thread.id === id)?.ticks ?? 0) };
    });
    const most = worked.toSorted((a, b) => b.ticks - a.ticks)[0];
    expect(most?.niceness).to.equal(5);
    expect(worked.some(({ niceness }) => niceness === 0)).to.equal(true);
  });
});

interface Thread {
  readonly id: string;
  readonly ticks: number;
  readonly niceness: number;
}

function threads(): Thread[] {
  return readdirSync('/proc/self/task').map((id) => {
    const text = readFileSync(`/proc/self/task/${id}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { id, ticks: Number(fields[11]), niceness: Number(fields[16]) };
  });
}

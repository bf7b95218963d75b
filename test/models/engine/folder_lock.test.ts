import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import fs from 'fs-extra';
import { FolderLock } from '../../../models/engine/folder_lock.js';
import { StorageLockedError } from '../../../models/engine/storage_engine.js';
import { Child, helperFile } from '../../support/child.js';
import { useTempFolder } from '../../support/temp_folder.js';

const HOLDER = helperFile('lock_holder.js');

describe('FolderLock', () => {
  const folder = useTempFolder();
  const children: Child[] = [];
  afterEach(async () => {
    for (const child of children.splice(0)) {
      child.process.kill('SIGCONT');
      await child.kill();
    }
  });

  function start(): Child {
    const child = new Child(process.execPath, [HOLDER, folder()]);
    children.push(child);
    return child;
  }

  async function refusal(): Promise<Error> {
    return FolderLock.acquire(folder()).then(
      async (lock) => {
        await lock.release();
        throw new Error('it was not refused');
      },
      (error: Error) => error,
    );
  }

  /** Acquires and releases: fails when somebody else is taken for alive. */
  async function takeOver(): Promise<void> {
    const lock = await FolderLock.acquire(folder());
    const sockets = await fs.readdir(folder());
    await lock.release();
    expect(sockets, 'only our own socket is left').to.have.length(1);
    expect(await fs.readdir(folder())).to.deep.equal([]);
  }

  it('refuses while a live process holds it, and names its pid', async () => {
    const holder = start();
    await holder.says(/owner/);

    const error = await refusal();

    expect(error).to.be.instanceOf(StorageLockedError);
    expect(error.message).to.contain(`process ${holder.pid}`).and.contain(folder());
  });

  it('refuses a second lock within one process', async () => {
    const lock = await FolderLock.acquire(folder());

    expect((await refusal()).message).to.contain(`process ${process.pid}`);
    await lock.release();
    await takeOver();
  });

  it('refuses while the owner is stopped: it may go on at any moment', async () => {
    const holder = start();
    await holder.says(/owner/);
    holder.process.kill('SIGSTOP');

    expect((await refusal()).message).to.contain(`process ${holder.pid}`);
  });

  it('takes over from a process that was killed', async () => {
    const holder = start();
    await holder.says(/owner/);
    await holder.kill();
    expect(await fs.readdir(folder())).to.have.length(1);

    await takeOver();
  });

  it('takes over from a zombie, whose pid still exists', async () => {
    // `sleep` never waits for its child, so the killed child stays a zombie.
    const parent = spawn('sh', ['-c', `"${process.execPath}" "${HOLDER}" "${folder()}" & exec sleep 60`]);
    const [said] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(/owner (\d+)/.exec(said.toString())?.[1]);
    process.kill(pid, 'SIGKILL');
    const state = async (): Promise<string> =>
      (await fs.readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1] ?? '';
    if (process.platform === 'linux') {
      while (!(await state()).startsWith('Z')) await new Promise((done) => setTimeout(done, 5));
    }

    await takeOver();

    expect(() => process.kill(pid, 0), 'its pid still exists').to.not.throw();
    parent.kill('SIGKILL');
  });

  it('takes over when the dead owner had our own pid, as after a container restart', async () => {
    const holder = start();
    await holder.says(/owner/);
    await holder.kill();
    const [socket = ''] = await fs.readdir(folder());
    await fs.rename(join(folder(), socket), join(folder(), socket.replace(/\d+/, `${process.pid}`)));

    await takeOver();
  });

  it('tells two containers apart that share the folder and are both pid 1', async function () {
    // A process of its own pid namespace, as in a container; needs the right to make one.
    const inNamespace = ['--pid', '--fork', '--kill-child', '--mount-proc'];
    const run = (): Child => {
      const child = new Child('unshare', [...inNamespace, process.execPath, HOLDER, folder()]);
      children.push(child);
      return child;
    };
    const probe = spawn('unshare', [...inNamespace, 'true']);
    const [code] = (await Promise.race([once(probe, 'close'), once(probe, 'error')])) as [number | Error];
    // Said plainly rather than passed silently: making a pid namespace is a right that not everybody has.
    if (code !== 0) this.skip();

    const first = run();
    await first.says(/owner 1/);
    const second = run();
    await second.says(/refused/);

    expect(second.output).to.contain('process 1;');
    await first.kill();
    const third = run();
    await third.says(/owner 1/);
  });

  it('lets exactly one of many that start together have it', async () => {
    for (let round = 0; round < 3; round += 1) {
      const starters = Array.from({ length: 6 }, start);
      await Promise.all(starters.map((child) => child.says(/owner|refused/)));

      expect(starters.filter(({ output }) => output.includes('owner'))).to.have.length(1);
      await Promise.all(starters.map((child) => child.kill()));
    }
  });

  it('lets exactly one win within one process too, whatever the order of events', async () => {
    for (let round = 0; round < 30; round += 1) {
      const results = await Promise.allSettled(Array.from({ length: 4 }, () => FolderLock.acquire(folder())));
      const owners = results.filter((result) => result.status === 'fulfilled').map(({ value }) => value);

      expect(owners).to.have.length(1);
      await owners[0]?.release();
    }
  });

  it('works in a folder whose path is longer than a socket may have', async () => {
    const deep = join(folder(), 'x'.repeat(100), 'y'.repeat(100));
    await fs.ensureDir(deep);

    const lock = await FolderLock.acquire(deep);
    const second = await FolderLock.acquire(deep).catch((error: unknown) => error);
    await lock.release();

    expect(second).to.be.instanceOf(StorageLockedError);
    expect(await fs.readdir(deep)).to.deep.equal([]);
  });

  it('asks again when the other side hangs up, as a process does whose threads are still ending', async () => {
    const dying = createServer((socket) => socket.destroy());
    dying.listen(join(folder(), '.lock-4711-dying.sock'));
    await once(dying, 'listening');
    // The way a killed process leaves it: the socket stays in the folder.
    await fs.rename(join(folder(), '.lock-4711-dying.sock'), join(folder(), '.lock-4711-dead.sock'));
    dying.once('connection', () => dying.close());

    await takeOver();
  });

  it('takes an owner that hangs up for ever for alive', async () => {
    const server = createServer((socket) => socket.destroy());
    server.listen(join(folder(), '.lock-4711-odd.sock'));
    await once(server, 'listening');

    expect((await refusal()).message).to.contain('process 4711');
    server.close();
  });

  it('takes an owner that accepts but never answers for alive', async () => {
    const server = createServer(() => {});
    server.listen(join(folder(), '.lock-4711-silent.sock'));
    await once(server, 'listening');

    expect((await refusal()).message).to.contain('process 4711');
    server.close();
  });
});

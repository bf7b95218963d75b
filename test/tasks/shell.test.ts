import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import { Shell } from './shell.js';

describe('the shell of the task list', () => {
  let cwd: string;
  let shell: Shell;

  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), 'gatehouse-'));
    shell = new Shell({ cwd, env: { PATH: process.env['PATH'] }, scriptPath: join(cwd, 'command.sh') });
  });

  afterEach(() => {
    shell.kill();
    rmSync(cwd, { recursive: true, force: true });
  });

  it('tells output and status, and keeps variables', async () => {
    expect(await shell.run('A=1; echo x; echo y >&2', 5000)).to.deep.equal({ output: 'x\ny\n', status: 0 });
    expect(await shell.run('printf "%s" "$A"; (exit 3)', 5000)).to.deep.equal({ output: '1', status: 3 });
  });

  it('gives commands nothing to read, so that none swallows the next one', async () => {
    expect(await shell.run('cat', 5000)).to.deep.equal({ output: '', status: 0 });
  });

  it('ends a command that takes too long, with everything it started', async () => {
    const command = '(sleep 0.5; echo late > late) & wait';
    const failure = await shell.run(command, 200).catch((error: Error) => error);
    await wait(600);

    expect(failure).to.have.property('message', 'took longer than 0.2 seconds');
    expect(existsSync(join(cwd, 'late'))).to.equal(false);
  });
});

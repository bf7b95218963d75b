import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { expect } from 'chai';
import { useMemory } from '../../../models/storage.js';
import { User } from '../../../models/user.js';
import { ADMIN, AdminCli } from '../../support/admin_cli.js';
import { useFastHasher } from '../../support/app.js';
import { useTempFolder } from '../../support/temp_folder.js';

const SCRIPT = '/usr/bin/script';
const GOOD = 'just some plain words';

describe('npm run admin on a terminal', () => {
  const folder = useTempFolder();
  const cli = (): AdminCli => new AdminCli(folder());
  const usersNow = (): Promise<User[]> => cli().stored(() => User.all());

  beforeEach(useFastHasher);
  afterEach(useMemory);

  // util-linux's script runs a command with a terminal of its own and passes what it is sent.
  before(function () {
    if (!existsSync(SCRIPT) || process.platform !== 'linux') this.skip();
  });

  async function onTerminal(...typed: readonly string[]): Promise<{ code: unknown; output: string }> {
    const command = `'${process.execPath}' '${ADMIN}' create ann@example.org`;
    const child = spawn(SCRIPT, ['--quiet', '--return', '--command', command, '/dev/null'], {
      env: { ...cli().env, SHELL: '/bin/sh' },
    });
    let output = '';
    let sent = 0;
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data: Buffer) => {
        output += data.toString();
        const asked = output.match(/Password: |Again: /g)?.length ?? 0;
        for (; sent < asked && sent < typed.length; sent += 1) child.stdin.write(typed[sent]);
      });
    const [code] = (await once(child, 'close')) as unknown[];
    return { code, output };
  }

  it('asks twice and shows neither', async () => {
    const { code, output } = await onTerminal(`${GOOD}\r`, `${GOOD}\r`);

    expect([code, output]).to.deep.equal([
      0,
      'Password: \r\nAgain: \r\nann@example.org is registered as user.\r\n',
    ]);
    expect(await (await usersNow())[0]?.isValidPassword(GOOD)).to.equal(true);
  });

  it('waits for nothing that was typed ahead', async () => {
    expect((await onTerminal(`${GOOD}\r${GOOD}\r`)).code).to.equal(0);
  });

  for (const [what, typed, error] of [
    ['the two differ', [`${GOOD}\r`, 'another one\r'], 'the two passwords differ'],
    ['nothing is typed', ['\r', '\r'], 'no password was given'],
    ['Ctrl-C is', [`${GOOD}\u0003`], 'no password was given'],
    ['Ctrl-D is', ['\u0004'], 'no password was given'],
    ['Ctrl-C is at the second', [`${GOOD}\r`, '\u0003'], 'no password was given'],
  ] as const) {
    it(`makes nobody when ${what} typed`, async () => {
      const { code, output } = await onTerminal(...typed);

      expect(code).to.equal(1);
      expect(output).to.contain(error).and.not.contain(GOOD);
      expect(await usersNow()).to.deep.equal([]);
    });
  }
});

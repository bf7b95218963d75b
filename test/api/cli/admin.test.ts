import { join } from 'node:path';
import { expect } from 'chai';
import fs from 'fs-extra';
import { openKeys } from '../../../api/services/keys_file.js';
import { Throttle } from '../../../api/services/throttle.js';
import { FolderLock } from '../../../models/engine/folder_lock.js';
import { useMemory } from '../../../models/storage.js';
import { User } from '../../../models/user.js';
import { UserSession } from '../../../models/user_session.js';
import { AdminCli } from '../../support/admin_cli.js';
import { makeUser, useFastHasher } from '../../support/app.js';
import { useTempFolder } from '../../support/temp_folder.js';

const GOOD = 'just some plain words';

describe('npm run admin', () => {
  const folder = useTempFolder();
  const cli = (): AdminCli => new AdminCli(folder());
  const usersNow = (): Promise<User[]> => cli().stored(() => User.all());

  beforeEach(useFastHasher);
  afterEach(useMemory);

  it('promotes and demotes, by the email in any case', async () => {
    await cli().stored(async () => [
      await makeUser({ email: 'ann@x', role: 'admin' }),
      await makeUser({ email: 'bob' }),
    ]);

    const promoted = await cli().run('promote', 'BOB');
    const between = (await usersNow()).map(({ role }) => role);
    const demoted = await cli().run('demote', 'ann@x');

    expect(promoted).to.deep.equal({ code: 0, stdout: 'bob is an admin.\n', stderr: '' });
    expect(demoted).to.deep.equal({ code: 0, stdout: 'ann@x is a user.\n', stderr: '' });
    expect(between).to.deep.equal(['admin', 'admin']);
    expect((await usersNow()).map(({ role }) => role)).to.deep.equal(['user', 'admin']);
  });

  it('disables, which ends the sessions, and enables', async () => {
    await cli().stored(async () => {
      const ann = await makeUser({ email: 'ann@x' });
      await Promise.all([UserSession.start(ann.id), UserSession.start('another')]);
    });

    const disabled = await cli().run('disable', 'ann@x');
    const [between, sessions] = await cli().stored(
      async () => [await User.all(), await UserSession.all()] as const,
    );
    const enabled = await cli().run('enable', 'ann@x');

    expect([disabled.stdout, enabled.stdout]).to.deep.equal(['ann@x is disabled.\n', 'ann@x is enabled.\n']);
    expect(between[0]?.disabled).to.equal(true);
    expect(sessions.map(({ user_id }) => user_id)).to.deep.equal(['another']);
    expect((await usersNow())[0]?.disabled).to.equal(false);
  });

  it('V16.3.3 leaves a line in the audit trail for each change', async () => {
    const ann = await cli().stored(() => makeUser({ email: 'ann@x' }));
    for (const command of ['promote', 'list', 'unlock', 'logout', 'reset']) await cli().run(command, 'ann@x');

    const [file = ''] = await fs.readdir(join(folder(), 'audit'));
    const lines = (await fs.readFile(join(folder(), 'audit', file), 'utf8')).trim().split('\n');
    const events = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events.map(({ event, user, detail }) => [event, user, detail])).to.deep.equal(
      ['promote', 'unlock', 'logout', 'reset'].map((command) => [
        'admin',
        ann.id,
        `npm run admin ${command}`,
      ]),
    );
  });

  it('V6.3.1 unlocks an account after too many wrong passwords', async () => {
    const tryToLogIn = async (): Promise<string> => {
      const guess = { email: 'ann@x', address: '192.0.2.7' };
      const keysFile = join(folder(), 'keys.json');
      const keys = await openKeys({ keysFile, appKeys: [], warn: () => {} });
      return new Throttle({ key: keys.subkey('throttle') })
        .guard(guess, async () => null)
        .then(
          () => 'tried',
          ({ name }: Error) => name,
        );
    };
    const before = await cli().stored(async () => {
      await makeUser({ email: 'ann@x' });
      for (let tries = 0; tries < 5; tries += 1) await tryToLogIn();
      return tryToLogIn();
    });

    const unlocked = await cli().run('unlock', 'ANN@x');

    expect(before).to.equal('TooManyAttemptsError');
    expect(unlocked).to.deep.equal({ code: 0, stdout: 'ann@x may be tried again at once.\n', stderr: '' });
    expect(await cli().stored(tryToLogIn)).to.equal('tried');
    expect((await cli().run('unlock', 'nobody')).code).to.equal(1);
  });

  it("V7.4.5 ends a user's sessions, or everybody's", async () => {
    await cli().stored(async () => {
      const ann = await makeUser({ email: 'ann@x' });
      for (const owner of [ann.id, ann.id, 'another', 'a third']) await UserSession.start(owner);
    });

    const one = await cli().run('logout', 'ann@x');
    const left = await cli().stored(() => UserSession.count());
    const all = await cli().run('logout', '--all');
    const neither = await cli().run('logout');

    expect([one.stdout, left]).to.deep.equal(['ann@x is logged out: 2 ended.\n', 2]);
    expect(all.stdout).to.equal('Everybody is logged out: 2 ended.\n');
    expect(await cli().stored(() => UserSession.count())).to.equal(0);
    expect(neither.code).to.equal(1);
    expect(neither.stderr).to.include('give an email or --all');
  });

  it('keeps the last admin, for whom disabled ones do not count', async () => {
    await cli().stored(async () => {
      await makeUser({ email: 'ann@x', role: 'admin' });
      await makeUser({ email: 'bob@x', role: 'admin', disabled: true });
    });

    for (const command of ['demote', 'disable'])
      expect(await cli().run(command, 'ann@x')).to.deep.equal({
        code: 1,
        stdout: '',
        stderr: 'the last admin must stay one\n',
      });
    expect((await cli().run('demote', 'bob@x')).code).to.equal(0);
    const [ann] = await usersNow();
    expect([ann?.role, ann?.disabled]).to.deep.equal(['admin', false]);
  });

  it('V6.4.6 prints a reset token alone on standard output, sets no password and ends no session', async () => {
    await cli().stored(async () =>
      UserSession.start((await makeUser({ email: 'ann@x', password: GOOD })).id),
    );

    const { code, stdout, stderr } = await cli().run('reset', 'ann@x');

    expect(code).to.equal(0);
    expect(stdout).to.match(/^[\w-]{32}\n$/);
    expect(stderr).to.contain('ann@x').and.to.contain('60 minutes');
    await cli().stored(async () => {
      expect(await UserSession.count()).to.equal(1);
      expect(await (await User.findByReset(stdout.trim()))?.isValidPassword(GOOD)).to.equal(true);
      expect(await User.redeemReset(stdout.trim(), 'new password')).to.not.equal(null);
    });
    expect(await fs.readFile(join(folder(), 'User.jsonl'), 'utf8')).to.not.contain(stdout.trim());
  });

  it('resets no disabled account', async () => {
    await cli().stored(() => makeUser({ email: 'ann@x', disabled: true }));

    expect((await cli().run('reset', 'ann@x')).stderr).to.equal('ann@x is disabled: enable it first\n');
  });

  it('lists everybody, and shows no email that steers a terminal', async () => {
    const [ann, bob] = await cli().stored(async () => [
      await makeUser({ email: 'ann@x', role: 'admin' }),
      await makeUser({ email: 'bob\u001B[2J\n\u202E@x', disabled: true }),
    ]);

    const { code, stdout } = await cli().run('list');

    expect(code).to.equal(0);
    expect(stdout.split('\n')).to.deep.equal([
      `${ann?.id}  admin  enabled   ann@x`,
      `${bob?.id}  user   disabled  bob\uFFFD[2J\uFFFD\uFFFD@x`,
      '',
    ]);
  });

  it('says when nobody has the email', async () => {
    for (const command of ['promote', 'demote', 'disable', 'enable', 'reset'])
      expect(await cli().run(command, 'no\u0007body')).to.deep.equal({
        code: 1,
        stdout: '',
        stderr: 'nobody has the email no\uFFFDbody\n',
      });
  });

  it('refuses while a server works in the folder, and asks for no password then', async () => {
    const lock = await FolderLock.acquire(folder());

    const results = [
      await cli().run('list'),
      await cli().runWith({ input: GOOD }, 'create', 'ann@example.org'),
    ];
    await lock.release();

    for (const { code, stderr } of results) {
      expect(code).to.equal(1);
      expect(stderr).to.contain(`in use by process ${process.pid}; stop it first`);
    }
  });

  it('explains itself, and what is wrong with a command', async () => {
    const help = await cli().run('--help');
    expect(help.code).to.equal(0);
    for (const command of ['create', 'promote', 'demote', 'disable', 'enable', 'reset', 'list'])
      expect(help.stdout).to.match(new RegExp(`^ {2}${command} `, 'm'));
    expect((await cli().run('create', '--help')).stdout).to.contain('--admin');

    for (const args of [
      [],
      ['nonsense'],
      ['create'],
      ['promote', 'a', 'b'],
      ['list', '--all'],
      ['enable', '--x', 'a'],
    ]) {
      const { code, stdout, stderr } = await cli().run(...args);
      expect([code, stdout], args.join(' ')).to.deep.equal([1, '']);
      expect(stderr).to.contain('Usage: npm run admin --');
    }
    expect(await fs.readdir(folder())).to.deep.equal([]);
  });

  it('is run by npm, and passes on how it ended', async () => {
    const listed = await cli().runByNpm('list');
    const unknown = await cli().runByNpm('nonsense');

    expect(listed).to.deep.equal({ code: 0, stdout: '', stderr: '' });
    expect(unknown.code).to.equal(1);
    expect(unknown.stderr).to.contain("unknown command 'nonsense'");
  });
});

import { expect } from 'chai';
import { useMemory } from '../../../models/storage.js';
import { User } from '../../../models/user.js';
import { AdminCli } from '../../support/admin_cli.js';
import { useFastHasher } from '../../support/app.js';
import { useTempFolder } from '../../support/temp_folder.js';

const GOOD = 'just some plain words';

describe('npm run admin -- create', () => {
  const folder = useTempFolder();
  const cli = (): AdminCli => new AdminCli(folder());
  const usersNow = (): Promise<User[]> => cli().stored(() => User.all());

  beforeEach(useFastHasher);
  afterEach(useMemory);

  it('V6.3.2 makes the first admin of a folder that has nobody', async () => {
    const { code, stdout } = await cli().runWith(
      { input: `${GOOD}\n` },
      'create',
      'ann@example.org',
      '--admin',
    );

    const [ann, ...others] = await usersNow();
    expect([code, stdout]).to.deep.equal([0, 'ann@example.org is registered as admin.\n']);
    expect([ann?.role, ann?.email, ann?.disabled, others]).to.deep.equal([
      'admin',
      'ann@example.org',
      false,
      [],
    ]);
    expect(await ann?.isValidPassword(GOOD)).to.equal(true);
  });

  it('makes users, each email once', async () => {
    const made = await cli().runWith({ input: GOOD }, 'create', 'ann@example.org');
    const again = await cli().runWith({ input: GOOD }, 'create', 'ANN@example.org', '--admin');

    expect([made.code, again.code]).to.deep.equal([0, 1]);
    expect(again.stderr).to.equal('ANN@example.org is already registered\n');
    expect((await usersNow()).map(({ role }) => role)).to.deep.equal(['user']);
  });

  it('takes every character of a password but one line break at its end', async () => {
    const passwords = ['  two spaces  ', '\uFEFFfirst mark', 'tab\tand ünïcode 🐎'];
    for (const [index, password] of passwords.entries())
      await cli().runWith({ input: `${password}\r\n` }, 'create', `u${index}@example.org`);

    const users = await usersNow();

    expect(users).to.have.length(3);
    for (const [index, user] of users.entries())
      expect(await user.isValidPassword(passwords[index]), passwords[index]).to.equal(true);
  });

  const refused: readonly (readonly [what: string, email: string, input: string | Buffer, error: string])[] =
    [
      ['no password', 'ann@example.org', '', 'no password was given'],
      ['an empty line', 'ann@example.org', '\n', 'no password was given'],
      ['two lines', 'ann@example.org', `${GOOD}\n${GOOD}\n`, 'the password must be one line'],
      [
        'no UTF-8',
        'ann@example.org',
        Buffer.from([...Buffer.from(GOOD), 0xff]),
        'the password is not valid UTF-8',
      ],
      ['7 characters', 'ann@example.org', 'zebra 7', 'password must have at least 8 characters'],
      ['a common password', 'ann@example.org', 'Password1', 'password is too common'],
      ['the email’s name', 'anna@example.org', 'I am anna', "password must not contain your email's name"],
      ['too long a password', 'ann@example.org', 'x'.repeat(1025), 'password longer than 1024 bytes'],
      ['endless input', 'ann@example.org', 'x'.repeat(10_000_000), 'password longer than 1024 bytes'],
      ['no email', 'ann', GOOD, 'email must be an address such as name@example.org'],
      ['a line break', 'ann\n@example.org', GOOD, 'email must be an address such as name@example.org'],
    ];
  for (const [what, email, input, error] of refused) {
    it(`refuses to create with ${what}`, async () => {
      const result = await cli().runWith({ input }, 'create', email);

      expect(result).to.deep.equal({ code: 1, stdout: '', stderr: `${error}\n` });
      expect(await usersNow()).to.deep.equal([]);
    });
  }

  it('keeps to the settings of the server', async () => {
    const env = { NODE_ENV: 'production', SERVICE_NAME: 'Acme', SCRYPT_COST: '13,8,10' };
    const create = (input: string) => cli().runWith({ input, env }, 'create', 'ann@example.org');

    expect((await create('14 characters!')).stderr).to.contain('at least 15 characters');
    expect((await create('an acme password')).stderr).to.contain("this service's name");
    expect((await cli().runWith({ env: { PASSWORD_MIN: 'x' } }, 'list')).stderr).to.contain('PASSWORD_MIN');
    expect((await create(GOOD)).code).to.equal(0);
  });
});

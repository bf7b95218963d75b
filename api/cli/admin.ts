/**
 * npm run admin -- <command>: makes and changes users in a database, or in a stopped server's storage folder. It is the only way to
 * the first admin. See docs/admin.md.
 */
import { Command } from 'commander';
import { RESET_LIFETIME, User, type Role } from '../../models/user.js';
import { UserSession } from '../../models/user_session.js';
import { changeAccount, type AccountChanges } from '../services/accounts.js';
import { problemOfEmail } from '../services/email_address.js';
import { openKeys } from '../services/keys_file.js';
import { PasswordPolicy } from '../services/password_policy.js';
import { Throttle } from '../services/throttle.js';
import { askPassword } from './ask_password.js';
import { findUser, say, shown, warn, withStorage, type Desk } from './desk.js';

async function create(email: string, role: Role, { config, note }: Desk): Promise<void> {
  const problem = problemOfEmail(email);
  if (problem !== null) throw new Error(problem.text);
  if (await User.findByEmail(email)) throw new Error(`${email} is already registered`);
  const password = await askPassword();
  const weakness = new PasswordPolicy({ ...config, min: config.passwordMin }).problemOf(password, { email });
  if (weakness !== null) throw new Error(weakness.text);
  const user = new User({ email, role });
  await user.setPassword(password);
  await user.save();
  await note(`create ${role}`, user);
  say(`${email} is registered as ${role}.`);
}

/** A command that changes what an account may do. */
interface Change {
  readonly name: string;
  readonly description: string;
  readonly changes: AccountChanges;
  /** What to say of the user then. */
  readonly done: string;
}

const CHANGES: readonly Change[] = [
  {
    name: 'promote',
    description: 'make a user an admin',
    changes: { role: 'admin' },
    done: 'is an admin',
  },
  {
    name: 'demote',
    description: 'make an admin a user',
    changes: { role: 'user' },
    done: 'is a user',
  },
  {
    name: 'disable',
    description: 'lock an account and end its sessions',
    changes: { disabled: true },
    done: 'is disabled',
  },
  {
    name: 'enable',
    description: 'let a disabled account in again',
    changes: { disabled: false },
    done: 'is enabled',
  },
];

async function change(email: string, { name, changes, done }: Change, { note }: Desk): Promise<void> {
  const user = await findUser(email);
  await changeAccount(user.id, changes);
  await note(name, user);
  say(`${shown(user.email)} ${done}.`);
}

async function reset(email: string, { note }: Desk): Promise<void> {
  const user = await findUser(email);
  if (user.disabled) throw new Error(`${shown(user.email)} is disabled: enable it first`);
  const token = await user.startReset();
  await note('reset', user);
  const minutes = RESET_LIFETIME / 60_000;
  warn(`This token sets a new password for ${shown(user.email)} at /reset or /reset?token=….`);
  warn(`It is good once, for ${minutes} minutes, and ends all sessions. Hand it over in private.`);
  say(token);
}

async function unlock(email: string, { config, note }: Desk): Promise<void> {
  const user = await findUser(email);
  const keys = await openKeys({ ...config, warn });
  await new Throttle({ key: keys.subkey('throttle') }).unlock(email);
  await note('unlock', user);
  say(`${shown(user.email)} may be tried again at once.`);
}

async function logOut(email: string, { note }: Desk): Promise<void> {
  const user = await findUser(email);
  const { length } = await user.endSessions();
  await note('logout', user);
  say(`${shown(user.email)} is logged out: ${length} ended.`);
}

async function logOutAll({ note }: Desk): Promise<void> {
  let ended = 0;
  for await (const users of User.slices(500)) {
    const counts = await Promise.all(users.map(async (user) => (await user.endSessions()).length));
    ended += counts.reduce((sum, count) => sum + count, 0);
  }
  // Those whose users are gone.
  for await (const sessions of UserSession.slices(500)) {
    await Promise.all(sessions.map((session) => session.remove()));
    ended += sessions.length;
  }
  await note('logout --all', null);
  say(`Everybody is logged out: ${ended} ended.`);
}

async function list(): Promise<void> {
  for await (const users of User.slices(500)) {
    for (const { id, role, disabled, email } of users)
      say([id, role.padEnd(5), disabled ? 'disabled' : 'enabled ', shown(email)].join('  '));
  }
}

const program = new Command('npm run admin --')
  .description(
    "Makes and changes users in a stopped server's storage folder (STORAGE_DIR), or where STORAGE_URL says.",
  )
  .showHelpAfterError();

program
  .command('create')
  .description('register a user; the password is asked for, or read from standard input')
  .argument('<email>')
  .option('--admin', 'as an admin')
  .action((email: string, { admin }: { admin?: boolean }) =>
    withStorage((desk) => create(email, admin ? 'admin' : 'user', desk)),
  );

for (const one of CHANGES) {
  program
    .command(one.name)
    .description(one.description)
    .argument('<email>')
    .action((email: string) => withStorage((desk) => change(email, one, desk)));
}

program
  .command('reset')
  .description('print a token that sets a new password: once, within an hour')
  .argument('<email>')
  .action((email: string) => withStorage((desk) => reset(email, desk)));

program
  .command('unlock')
  .description('let an account be tried again at once, after too many wrong passwords')
  .argument('<email>')
  .action((email: string) => withStorage((desk) => unlock(email, desk)));

program
  .command('logout')
  .description("end a user's sessions, or everybody's")
  .argument('[email]')
  .option('--all', "everybody's")
  .action((email: string | undefined, { all }: { all?: boolean }, command: Command) => {
    if ((email === undefined) === (all === undefined)) command.error('error: give an email or --all');
    return withStorage((desk) => (email === undefined ? logOutAll(desk) : logOut(email, desk)));
  });

program
  .command('list')
  .description('show every user: id, role, whether enabled, email')
  .action(() => withStorage(list));

try {
  await program.parseAsync();
} catch (error) {
  warn((error as Error).message);
  process.exitCode = 1;
}

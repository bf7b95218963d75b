/**
 * npm run admin -- <command>: makes and changes users in a stopped server's storage folder. It is the only way to
 * the first admin. See docs/admin.md.
 */
import { Command } from 'commander';
import { PasswordHasher } from '../../models/password.js';
import { openStorage } from '../../models/storage.js';
import { RESET_LIFETIME, User, type Role } from '../../models/user.js';
import { loadConfig, type Config } from '../config.js';
import { changeAccount, type AccountChanges } from '../services/accounts.js';
import { problemOfEmail } from '../services/email_address.js';
import { PasswordPolicy } from '../services/password_policy.js';
import { askPassword } from './ask_password.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** The settings that matter here: a server's others may be wrong or missing. */
function settingsOf(env: Environment): Environment {
  const { NODE_ENV, STORAGE_DIR, PASSWORD_MIN, SERVICE_NAME, SCRYPT_COST } = env;
  // Production wants a scheme named and https; no request comes here.
  const noRequests = { AUTH_TYPE: 'auth', ALLOW_HTTP: '1' };
  return { NODE_ENV, STORAGE_DIR, PASSWORD_MIN, SERVICE_NAME, SCRYPT_COST, ...noRequests };
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function warn(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Outside production an email can be any text: it must not steer the operator's terminal. */
function shown(text: string | null): string {
  return text === null ? '(no email)' : text.replaceAll(/\p{C}/gu, '\uFFFD');
}

async function withStorage(work: (config: Config) => Promise<void>): Promise<void> {
  const { config } = loadConfig(settingsOf(process.env));
  User.useHasher(new PasswordHasher(config.scrypt));
  const storage = await openStorage({ folder: config.storageDir, durableSessions: true, warn });
  try {
    await work(config);
  } finally {
    await storage.close();
  }
}

async function findUser(email: string): Promise<User> {
  const user = await User.findByEmail(email);
  if (!user) throw new Error(`nobody has the email ${shown(email)}`);
  return user;
}

async function create(email: string, role: Role, config: Config): Promise<void> {
  const problem = problemOfEmail(email);
  if (problem !== null) throw new Error(problem);
  if (await User.findByEmail(email)) throw new Error(`${email} is already registered`);
  const password = await askPassword();
  const weakness = new PasswordPolicy({ ...config, min: config.passwordMin }).problemOf(password, { email });
  if (weakness !== null) throw new Error(weakness);
  const user = new User({ email, role });
  await user.setPassword(password);
  await user.save();
  say(`${email} is registered as ${role}.`);
}

async function change(email: string, changes: AccountChanges, done: string): Promise<void> {
  const user = await findUser(email);
  await changeAccount(user.id, changes);
  say(`${shown(user.email)} ${done}.`);
}

async function reset(email: string): Promise<void> {
  const user = await findUser(email);
  if (user.disabled) throw new Error(`${shown(user.email)} is disabled: enable it first`);
  const token = await user.startReset();
  const minutes = RESET_LIFETIME / 60_000;
  warn(`This token sets a new password for ${shown(user.email)} through POST /auth/reset.`);
  warn(`It is good once, for ${minutes} minutes, and ends all sessions. Hand it over in private.`);
  say(token);
}

async function list(): Promise<void> {
  for await (const users of User.slices(500)) {
    for (const { id, role, disabled, email } of users)
      say([id, role.padEnd(5), disabled ? 'disabled' : 'enabled ', shown(email)].join('  '));
  }
}

const program = new Command('npm run admin --')
  .description("Makes and changes users in a stopped server's storage folder (STORAGE_DIR).")
  .showHelpAfterError();

program
  .command('create')
  .description('register a user; the password is asked for, or read from standard input')
  .argument('<email>')
  .option('--admin', 'as an admin')
  .action((email: string, { admin }: { admin?: boolean }) =>
    withStorage((config) => create(email, admin ? 'admin' : 'user', config)),
  );

const CHANGES: readonly (readonly [name: string, description: string, AccountChanges, done: string])[] = [
  ['promote', 'make a user an admin', { role: 'admin' }, 'is an admin'],
  ['demote', 'make an admin a user', { role: 'user' }, 'is a user'],
  ['disable', 'lock an account and end its sessions', { disabled: true }, 'is disabled'],
  ['enable', 'let a disabled account in again', { disabled: false }, 'is enabled'],
];
for (const [name, description, changes, done] of CHANGES) {
  program
    .command(name)
    .description(description)
    .argument('<email>')
    .action((email: string) => withStorage(() => change(email, changes, done)));
}

program
  .command('reset')
  .description('print a token that sets a new password: once, within an hour')
  .argument('<email>')
  .action((email: string) => withStorage(() => reset(email)));

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

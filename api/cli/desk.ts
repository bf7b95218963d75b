import { PasswordHasher } from '../../models/password.js';
import { openStorage } from '../../models/storage.js';
import { User } from '../../models/user.js';
import { loadConfig, type Config } from '../config.js';
import { Audit } from '../services/audit/audit.js';
import type { AuditEvent } from '../services/audit/audit_event.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** The settings that matter here: a server's others may be wrong or missing. */
const SETTINGS = [
  'NODE_ENV',
  'STORAGE_DIR',
  'STORAGE_URL',
  'SESSION_STORAGE_URL',
  'KEYS_FILE',
  'APP_KEYS',
  'AUDIT_DAYS',
  'AUDIT_MAX_MB',
  'PASSWORD_MIN',
  'SERVICE_NAME',
  'SCRYPT_COST',
] as const;

function settingsOf(env: Environment): Environment {
  const settings = Object.fromEntries(SETTINGS.map((name) => [name, env[name]]));
  // Production wants a scheme named and https; no request comes here.
  return { ...settings, AUTH_TYPE: 'auth', ALLOW_HTTP: '1' };
}

export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function warn(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** An email for the terminal. Outside production it can be any text, which must not steer the operator's terminal. */
export function shown(text: string | null): string {
  return text === null ? '(no email)' : text.replaceAll(/\p{C}/gu, '\uFFFD');
}

/** What a command works with. */
export interface Desk {
  readonly config: Config;
  /** Has the audit trail say what was done to a user; null: to everybody. */
  note(command: string, user: User | null): Promise<void>;
}

export async function withStorage(work: (desk: Desk) => Promise<void>): Promise<void> {
  const { config } = loadConfig(settingsOf(process.env));
  User.useHasher(new PasswordHasher(config.scrypt));
  const storage = await openStorage({
    folder: config.storageDir,
    url: config.storageUrl,
    sessionUrl: config.sessionStorageUrl,
    durableSessions: true,
    warn,
  });
  try {
    const audit = await Audit.open(storage, { ...config.audit, warn });
    try {
      await work({ config, note: (command, user) => audit.record(eventOf(command, user)) });
    } finally {
      await audit.close();
    }
  } finally {
    await storage.close();
  }
}

function eventOf(command: string, user: User | null): AuditEvent {
  const nobody = { address: null, device: null, session: null, requestId: null };
  const detail = `npm run admin ${command}`;
  return { ...nobody, event: 'admin', outcome: 'success', user: user?.id ?? null, detail };
}

export async function findUser(email: string): Promise<User> {
  const user = await User.findByEmail(email);
  if (!user) throw new Error(`nobody has the email ${shown(email)}`);
  return user;
}

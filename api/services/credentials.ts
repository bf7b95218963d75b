import { User } from '../../models/user.js';
import type { KnownDevices } from './known_devices.js';
import { requesterOf, type AuditTrail, type ClientRequest } from './requester.js';
import { TooManyAttemptsError, type Throttle } from './throttle.js';

/** Who somebody is by email and password. */
export interface CredentialsCheck {
  /** Whose password was right; null when anything was wrong. */
  readonly user: User | null;
  /** Whose email it is, whatever the password: tells a wrong password from an email that nobody has. */
  readonly account: User | null;
}

export interface CredentialsOptions {
  readonly throttle: Throttle;
  readonly devices: KnownDevices;
  readonly audit: AuditTrail;
}

/** Checks an email and a password: the one place where every way in does (ASVS 6.1.3, 6.3.4). */
export class Credentials {
  readonly #throttle: Throttle;
  readonly #devices: KnownDevices;
  readonly #audit: AuditTrail;

  constructor({ throttle, devices, audit }: CredentialsOptions) {
    this.#throttle = throttle;
    this.#devices = devices;
    this.#audit = audit;
  }

  /**
   * Lets the throttle decide whether there may be a try at all, checks, and has the audit trail say what went wrong.
   * @throws TooManyAttemptsError when the client must wait: nothing was checked. HashQueueFullError when too many
   * checks wait. StorageUnavailableError when a wrong try cannot be counted.
   */
  async check(request: ClientRequest, email: string, password: string): Promise<CredentialsCheck> {
    const account = await User.findByEmail(email);
    const device = this.#devices.idOf(request, account);
    const attempting = { email, address: request.ip ?? '', device };
    let user: User | null;
    try {
      user = await this.#throttle.guard(attempting, () => checkPassword(account, password, request.ip));
    } catch (error) {
      if (error instanceof TooManyAttemptsError)
        await this.#record(request, 'throttle', { account, email, detail: error.limit });
      throw error;
    }
    if (!user) await this.#record(request, 'failure', { account, email });
    return { user, account };
  }

  /** The same for who only wants to know whose they are. */
  readonly userOf = async (request: ClientRequest, email: string, password: string): Promise<User | null> =>
    (await this.check(request, email, password)).user;

  /** Lets an account be tried again at once: its owner has shown a reset token, or an operator says so. */
  async unlock(email: string): Promise<void> {
    await this.#throttle.unlock(email);
  }

  /** Forgets what is known of an account: it was removed. */
  async forget(email: string): Promise<void> {
    await this.#throttle.forget(email);
  }

  async #record(
    request: ClientRequest,
    event: 'failure' | 'throttle',
    { account, ...what }: { account: User | null; email: string; detail?: string },
  ): Promise<void> {
    if (request.state) request.state.isRefusalRecorded = true;
    const { forAudit } = requesterOf(request);
    await this.#audit.record({ ...forAudit, ...what, event, outcome: 'failure', user: account?.id ?? null });
  }
}

/**
 * The user if this is the password, else null. It costs one hash whatever is wrong, and a right password whose stored
 * hash has become too weak is hashed again. No password of a disabled account is right.
 * @param from the client's address, for a fair share of the hashing queue.
 * @throws HashQueueFullError when too many checks wait.
 */
export async function checkPassword(
  account: User | null,
  password: string,
  from?: string,
): Promise<User | null> {
  if (!account) {
    await User.spendPasswordCheck(password, from);
    return null;
  }
  const isRight = await account.isValidPassword(password, from);
  if (!isRight || account.disabled) return null;
  await account.strengthenPassword(password, from);
  return account;
}

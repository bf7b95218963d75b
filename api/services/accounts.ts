import pLimit from 'p-limit';
import { currentTime } from '../../models/base.js';
import { User, type Role } from '../../models/user.js';
import { UserSession } from '../../models/user_session.js';

/** It would leave no admin who can log in, and nobody could ever undo that from outside. */
export class LastAdminError extends Error {
  override readonly name = 'LastAdminError';

  constructor() {
    super('the last admin must stay one');
  }
}

export interface AccountChanges {
  readonly role?: Role;
  readonly disabled?: boolean;
}

/** One at a time: two admins who demote each other at once must not both succeed. */
const oneAtATime = pLimit(1);

/**
 * Changes a user's role, or disables or enables the account. Disabling ends all sessions of the user, and takes back
 * a password reset that was allowed.
 * @returns the user as it then is; null when there is none with this id.
 * @throws LastAdminError when no enabled admin would be left.
 */
export async function changeAccount(id: string, changes: AccountChanges): Promise<User | null> {
  return oneAtATime(async () => {
    const user = await User.get(id);
    if (!user) return null;
    const staysAdmin = (changes.role ?? user.role) === 'admin' && !(changes.disabled ?? user.disabled);
    if (!staysAdmin && (await isLastAdmin(user))) throw new LastAdminError();
    // A login that slipped in while the account was being disabled must not come to life with it.
    if (user.disabled && changes.disabled === false) await UserSession.removeAllOf(id);
    user.role = changes.role ?? user.role;
    user.disabled = changes.disabled ?? user.disabled;
    if (changes.disabled) user.endSessionsBefore(currentTime());
    if (!(await user.save())) return null;
    if (user.disabled) await lockOut(user);
    return user;
  });
}

/**
 * Removes a user and ends the sessions; false when there is none with this id.
 * @throws LastAdminError when no enabled admin would be left.
 */
export async function removeAccount(id: string): Promise<boolean> {
  return oneAtATime(async () => {
    const user = await User.get(id);
    if (!user) return false;
    if (await isLastAdmin(user)) throw new LastAdminError();
    return user.remove();
  });
}

async function lockOut(user: User): Promise<void> {
  await user.cancelReset();
  await UserSession.removeAllOf(user.id);
}

/** Only asked about admins, of whom changes are rare: it looks at every user. */
async function isLastAdmin(user: User): Promise<boolean> {
  if (!user.isAdmin || user.disabled) return false;
  const admins = await User.search({ role: 'admin' });
  return admins.every((admin) => admin.disabled || admin.id === user.id);
}

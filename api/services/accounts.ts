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

/**
 * One at a time: two admins who demote each other at once must not both succeed. On two servers both may come as far
 * as the write: what leaves no admin is taken back.
 */
const oneAtATime = pLimit(1);
/** Users looked at in one go. */
const SLICE = 500;

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
    // A login that slipped in while the account was being disabled must not come to life with it.
    if (user.disabled && changes.disabled === false) await UserSession.removeAllOf(id);
    const staysAdmin = (changes.role ?? user.role) === 'admin' && !(changes.disabled ?? user.disabled);
    if (isEnabledAdmin(user) && !staysAdmin) {
      if (!(await dismiss(user, changes))) return null;
    } else {
      Object.assign(user, chosen(changes));
    }
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
    if (isEnabledAdmin(user) && !(await dismiss(user, { role: 'user' }))) return false;
    return user.remove();
  });
}

/**
 * Stores a change by which an enabled admin is none any more, alone: all else that belongs to it cannot be taken back.
 * @returns false when the user is gone.
 * @throws LastAdminError when no other is left; then nothing was changed, or it was taken back.
 */
async function dismiss(user: User, changes: AccountChanges): Promise<boolean> {
  const before = { role: user.role, disabled: user.disabled };
  if (!(await isAdminLeft(user.id))) throw new LastAdminError();
  Object.assign(user, chosen(changes));
  if (!(await user.save())) return false;
  // Whoever does the same to the others on another server at this moment sees this change, or is seen here.
  if (await isAdminLeft(user.id)) return true;
  Object.assign(user, before);
  await user.save();
  throw new LastAdminError();
}

async function lockOut(user: User): Promise<void> {
  await user.cancelReset();
  await UserSession.removeAllOf(user.id);
}

/** What is to be changed, without what is only named. */
function chosen({ role, disabled }: AccountChanges): AccountChanges {
  return { ...(role !== undefined && { role }), ...(disabled !== undefined && { disabled }) };
}

function isEnabledAdmin(user: User): boolean {
  return user.isAdmin && !user.disabled;
}

/** Whether there is another one who can log in as an admin. Asked about admins only, of whom changes are rare. */
async function isAdminLeft(without: string): Promise<boolean> {
  for await (const users of User.slices(SLICE))
    if (users.some((user) => isEnabledAdmin(user) && user.id !== without)) return true;
  return false;
}

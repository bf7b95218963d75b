import { User } from '../../models/user.js';

/** Who somebody is by email and password; `known` tells a wrong password from an email that nobody has. */
export interface CredentialsCheck {
  readonly user: User | null;
  readonly known: boolean;
}

/**
 * Checks an email and a password: the one place where every way in does. It costs one hash whatever is wrong, and a
 * right password whose stored hash has become too weak is hashed again. No password of a disabled account is right.
 * @param from the client's address, for a fair share of the hashing queue.
 * @throws HashQueueFullError when too many checks wait.
 */
export async function checkCredentials(
  email: string,
  password: string,
  from?: string,
): Promise<CredentialsCheck> {
  const user = await User.findByEmail(email);
  if (!user) {
    await User.spendPasswordCheck(password, from);
    return { user: null, known: false };
  }
  const isRight = await user.isValidPassword(password, from);
  if (!isRight || user.disabled) return { user: null, known: true };
  await user.strengthenPassword(password, from);
  return { user, known: true };
}

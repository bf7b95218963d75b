import { UniqueViolationError } from '../../models/engine/storage_engine.js';
import { User } from '../../models/user.js';
import { ApiError } from '../errors.js';

/** What a new user brings; what is wrong with it has been said before. */
export interface NewUser {
  readonly email: string;
  readonly password: string;
  readonly first_name: string | null;
  readonly last_name: string | null;
}

/**
 * Makes and stores a user.
 * @param from the client's address, for a fair share of the hashing queue.
 * @throws ApiError 409 when somebody has the email. That tells that it is taken: until there is mail, nothing else can
 * (a stated deviation from ASVS 6.3.8).
 */
export async function makeUser({ password, ...attributes }: NewUser, from: string): Promise<User> {
  if (await User.findByEmail(attributes.email)) throw emailTaken();
  const user = new User(attributes);
  await user.setPassword(password, from);
  try {
    await user.save();
  } catch (error) {
    // Somebody else took the email while the password was hashed.
    throw error instanceof UniqueViolationError ? emailTaken() : error;
  }
  return user;
}

function emailTaken(): ApiError {
  return new ApiError(409, { code: 'email_taken', text: 'email already registered' });
}

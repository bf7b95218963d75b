import type { Problem } from '../errors.js';

/** Longest address that mail can be sent to (RFC 5321, section 4.5.3.1.3, less the angle brackets). */
const EMAIL_MAX = 254;

/** Spaces, and what nobody sees: two addresses that look alike must not be two accounts. */
const INVISIBLE = /[\s\p{Cc}\p{Cf}\p{Co}\p{Cs}]/u;
/** What separates or quotes addresses, so that it stands in none (RFC 5322, section 3.2.3). */
const SEPARATORS = /[()<>[\]:;,"\\]/;
const LABEL = /^[\p{L}\p{M}\p{N}-]{1,63}$/u;

const TOO_LONG: Problem = {
  code: 'email_too_long',
  text: `email longer than ${EMAIL_MAX} characters`,
  limit: EMAIL_MAX,
};
const NO_ADDRESS: Problem = {
  code: 'email_shape',
  text: 'email must be an address such as name@example.org',
};

/**
 * What is wrong with an email; null when it is shaped like an address. Only mail can tell whether it is one, so this
 * is generous: any alphabet, `localhost`, and whatever stands before the `@`.
 */
export function problemOfEmail(email: string): Problem | null {
  if (Array.from(email).length > EMAIL_MAX) return TOO_LONG;
  return isShapedLikeAddress(email) ? null : NO_ADDRESS;
}

function isShapedLikeAddress(email: string): boolean {
  const [local = '', domain = '', ...more] = email.split('@');
  if (local === '' || more.length > 0 || INVISIBLE.test(email) || SEPARATORS.test(email)) return false;
  return isDomain(domain.toLowerCase());
}

function isDomain(domain: string): boolean {
  const labels = domain.split('.');
  const isNamed = domain === 'localhost' || labels.length > 1;
  return isNamed && labels.every((label) => LABEL.test(label) && !/^-|-$/.test(label));
}

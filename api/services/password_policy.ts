import { PASSWORD_MAX_BYTES } from '../../models/password.js';
import type { Problem } from '../errors.js';
import { isCommonPassword } from './common_passwords.js';

/** No policy allows shorter ones, in characters (NIST SP 800-63B-4, section 3.1.1.2). */
const FLOOR = 8;
/** Context words below this many characters are in too many good passwords. */
const SHORTEST_WORD = 4;

const TOO_LONG: Problem = {
  code: 'password_too_long',
  text: `password longer than ${PASSWORD_MAX_BYTES} bytes`,
  limit: PASSWORD_MAX_BYTES,
};
const COMMON: Problem = { code: 'password_common', text: 'password is too common' };
const HAS_EMAIL: Problem = {
  code: 'password_has_email',
  text: "password must not contain your email's name",
};
const HAS_SERVICE: Problem = {
  code: 'password_has_service',
  text: "password must not contain this service's name",
};
const HAS_HOST: Problem = { code: 'password_has_host', text: "password must not contain this host's name" };

/** Whose password it is, and where. */
export interface PasswordContext {
  readonly email: string;
  /** The host that the client asked, without a port; absent where there is none. */
  readonly host?: string;
}

export interface PasswordRules {
  /** What is wrong with a new password; null when it may be used. */
  problemOf(password: string, context: PasswordContext): Problem | null;
}

/** A length and nothing else: what the course's `POST /api/v1/users` asks for outside production. */
export class PasswordLength implements PasswordRules {
  readonly #min: number;

  /** @param options `min` is in characters (Unicode code points). */
  constructor(options: { readonly min: number }) {
    this.#min = options.min;
  }

  problemOf(password: string, _context: PasswordContext): Problem | null {
    if (Buffer.byteLength(password) > PASSWORD_MAX_BYTES) return TOO_LONG;
    // As it is compared: an accent typed as one character or as two must not make a difference here either.
    const isShort = Array.from(password.normalize('NFC')).length < this.#min;
    return isShort ? tooShort(this.#min) : null;
  }
}

/**
 * The policy for new passwords (NIST SP 800-63B-4, section 3.1.1.2): a length, none of the most common ones, and no
 * word that an attacker tries first here: the email's local part, the service's name and the host's. There are no
 * rules about kinds of characters.
 */
export class PasswordPolicy extends PasswordLength {
  readonly #serviceName: string;

  /** @param options `min` is in characters; below 8 it counts as 8. */
  constructor(options: { readonly min: number; readonly serviceName: string }) {
    super({ min: Math.max(FLOOR, options.min) });
    this.#serviceName = options.serviceName;
  }

  override problemOf(password: string, context: PasswordContext): Problem | null {
    const problem = super.problemOf(password, context);
    if (problem !== null) return problem;
    const text = folded(password);
    if (isCommonPassword(text)) return COMMON;
    if (contains(text, emailWords(context.email))) return HAS_EMAIL;
    if (contains(text, serviceWords(this.#serviceName))) return HAS_SERVICE;
    if (contains(text, hostWords(context.host ?? ''))) return HAS_HOST;
    return null;
  }
}

/**
 * The rules for the course's `POST /api/v1/users`: the whole policy in production, else the length alone, so that
 * its exercises work as they are written.
 */
export function coursePasswordRules(config: {
  readonly production: boolean;
  readonly coursePasswordMin: number;
  readonly serviceName: string;
}): PasswordRules {
  const { production, coursePasswordMin: min, serviceName } = config;
  return production ? new PasswordPolicy({ min, serviceName }) : new PasswordLength({ min });
}

function tooShort(min: number): Problem {
  return { code: 'password_too_short', text: `password must have at least ${min} characters`, limit: min };
}

function folded(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

function contains(text: string, words: readonly string[]): boolean {
  return words.some((word) => Array.from(word).length >= SHORTEST_WORD && text.includes(word));
}

/** The local part, and what stands before a tag in it (`ann` of `ann+shop`). */
function emailWords(email: string): string[] {
  const at = email.lastIndexOf('@');
  const local = folded(at === -1 ? email : email.slice(0, at));
  return [local, local.split('+', 1)[0] ?? ''];
}

function serviceWords(name: string): string[] {
  return [folded(name), folded(name).replaceAll(/\s+/g, '')];
}

/** The whole name, and the longest of its labels before the last: `example` of `login.example.org`. */
function hostWords(host: string): string[] {
  const name = folded(host);
  const labels = name.split('.').slice(0, -1);
  return [name, labels.reduce((best, label) => (label.length > best.length ? label : best), '')];
}

import type { ServerResponse } from 'node:http';
import { CsrfTokens } from '../../api/services/csrf.js';
import { PasswordHasher } from '../../models/password.js';
import { User } from '../../models/user.js';
import { UserSession } from '../../models/user_session.js';

/** Shorter ones stand in too many texts by accident, as `wrong` and `password` do. */
const LEAST = 12;

const secrets = new Set<string>();
const outputs = new Map<string, () => string>();

/** Takes note of something that must be in no output of this test. */
export function noteSecret(text: string): void {
  if (text.length >= LEAST) secrets.add(text);
}

/** Takes note of the cookies that an answer sets. */
export function noteCookies(response: ServerResponse): void {
  for (const header of [response.getHeader('Set-Cookie') ?? []].flat()) {
    noteSecret(/^[^=]+=([^;]*)/.exec(String(header))?.[1] ?? '');
  }
}

/** Takes note of something that this test logs, records or stores. */
export function noteOutput(name: string, read: () => string): void {
  outputs.set(`${name} ${outputs.size}`, read);
}

/** Where these secrets are found, as they are or as JSON, of ASCII only too, or a URL has them. */
export function findSecrets(texts: ReadonlyMap<string, string>, wanted: Iterable<string>): string[] {
  const found: string[] = [];
  const unescaped = new Map(
    [...texts].map(([name, text]) => [name, text.replaceAll(/\\u([\da-f]{4})/gi, letter)]),
  );
  for (const secret of wanted) {
    const forms = new Set([secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]);
    for (const [name, text] of unescaped) {
      if ([...forms].some((form) => text.includes(form))) found.push(`${secret} in ${name}`);
    }
  }
  return found;
}

function letter(_escape: string, code: string): string {
  return String.fromCharCode(Number.parseInt(code, 16));
}

/** After each test: nothing that it logged, recorded or stored holds a secret of it (ASVS 16.2.5). See setup.ts. */
export function expectNoSecretSeen(): void {
  const texts = new Map([...outputs].map(([name, read]) => [name, read()]));
  const found = findSecrets(texts, secrets);
  secrets.clear();
  outputs.clear();
  if (found.length > 0) throw new Error(`V16.2.5 secrets were left behind:\n${found.join('\n')}`);
}

type Method = (this: unknown, ...given: unknown[]) => unknown;

/** Makes a method tell what it is given first, or what it resolves to. */
function tap(owner: object, name: string, part: 'given' | 'result'): void {
  const methods = owner as Record<string, Method>;
  const original = methods[name] as Method;
  methods[name] = function tapped(...given) {
    const result = original.apply(this, given);
    const note = (text: unknown): void => (typeof text === 'string' ? noteSecret(text) : undefined);
    if (part === 'given') note(given[0]);
    else if (result instanceof Promise) result.then(note, () => {});
    else note(result);
    return result;
  };
}

/** From now on every password that is hashed or tried, and every id and token that is made, is taken note of. */
export function watchSecrets(): void {
  tap(PasswordHasher.prototype, 'hash', 'given');
  tap(PasswordHasher.prototype, 'verify', 'given');
  tap(UserSession, 'start', 'result');
  tap(UserSession.prototype, 'renew', 'result');
  tap(User.prototype, 'startReset', 'result');
  tap(CsrfTokens.prototype, 'issue', 'result');
}

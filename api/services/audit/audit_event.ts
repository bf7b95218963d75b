import { createHmac, hash } from 'node:crypto';
import type { StoredEvent } from '../../../models/audit/audit_line.js';
import { emailKey } from '../../../models/user.js';

/** What can happen; docs/audit.md says when each is recorded. */
export type AuditEventName =
  | 'login'
  | 'failure'
  | 'throttle'
  | 'logout'
  | 'revoke'
  | 'password'
  | 'confirm'
  | 'register'
  | 'delete'
  | 'admin'
  | 'denied';

/** Something that happened. There is no place in it for a password, a cookie's value or a token. */
export interface AuditEvent {
  readonly event: AuditEventName;
  readonly outcome: 'success' | 'failure';
  /** The id of the user it happened to; null when nobody is known. */
  readonly user: string | null;
  /** What was typed as email, where that is nobody's. Kept as a digest only: people type passwords there. */
  readonly email?: string;
  /** The id of the admin who did it, where that is not the user. */
  readonly actor?: string | null;
  /** The client's address, whole. */
  readonly address: string | null;
  /** A short name such as "Firefox on Linux". */
  readonly device: string | null;
  /** The id of the session's record, never what the cookie holds. */
  readonly session: string | null;
  /** The request id that the request log has too. */
  readonly requestId: string | null;
  /** A few words of our own, for instance the route's pattern and the status; never what a client sent. */
  readonly detail?: string;
}

/**
 * The digest that stands for an email, alike for all spellings that mean the same account: an HMAC under the
 * installation's key, else a plain SHA-256, which whoever has the file can try guesses on.
 */
export function emailDigest(email: string, key: string | null): string {
  const normal = emailKey(email);
  return key === null
    ? `sha256:${hash('sha256', normal, 'base64url')}`
    : `hmac:${createHmac('sha256', key).update(normal).digest('base64url')}`;
}

/** The form in which an event is stored; `at` is in milliseconds since 1970. */
export function storedEvent(event: AuditEvent, at: number, digestKey: string | null): StoredEvent {
  const { user, actor, email, detail } = event;
  return {
    at: new Date(at).toISOString(),
    event: event.event,
    outcome: event.outcome,
    user,
    address: event.address,
    device: event.device,
    session: event.session,
    request_id: event.requestId,
    ...(actor && actor !== user ? { actor } : {}),
    // A known user's email is not repeated here: when the account is deleted, so is the email.
    ...(user === null && email !== undefined ? { email: emailDigest(email, digestKey) } : {}),
    ...(detail === undefined ? {} : { detail }),
  };
}

import type { SessionAuth } from '../v1/auth/session_auth.js';
import type { UserSession } from '../../models/user_session.js';

/** A session as its user sees it: never with the id that opens it. */
export interface SessionJson {
  readonly id: string;
  readonly created_at: string;
  readonly last_seen_at: string;
  readonly expires_at: string;
  readonly idle_expires_at: string | null;
  readonly current: boolean;
  readonly device: string | null;
  readonly address: string | null;
}

/** All times are UTC, ISO 8601 with a `Z`. */
export function sessionJson(
  sessions: SessionAuth,
  session: UserSession,
  current: UserSession | null,
): SessionJson {
  return {
    id: session.id,
    created_at: session.created_at.toISOString(),
    last_seen_at: sessions.lastUseOf(session).toISOString(),
    expires_at: sessions.expiryOf(session).toISOString(),
    idle_expires_at: sessions.idleExpiryOf(session)?.toISOString() ?? null,
    current: session.id === current?.id,
    device: session.device,
    address: session.address,
  };
}

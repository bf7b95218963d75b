import { SessionExpAuth } from './session_exp_auth.js';

/** Expiring sessions that are kept in a file, so that a restart logs nobody out. */
export class SessionDBAuth extends SessionExpAuth {
  override get durableSessions(): boolean {
    return true;
  }
}

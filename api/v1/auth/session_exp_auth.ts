import { SESSION_CEILING } from '../../../models/user_session.js';
import { SessionAuth, type SessionOptions } from './session_auth.js';

/** Sessions that end a fixed time after login. */
export class SessionExpAuth extends SessionAuth {
  /** Seconds; 0 or less: only the ceiling of 30 days. */
  readonly sessionDuration: number;

  constructor(options: SessionOptions & { readonly sessionDuration: number }) {
    super(options);
    this.sessionDuration = options.sessionDuration;
  }

  override get lifetime(): number {
    return this.sessionDuration > 0 ? Math.min(this.sessionDuration, SESSION_CEILING) : SESSION_CEILING;
  }

  override get cookieMaxAge(): number | null {
    return this.sessionDuration > 0 ? this.lifetime : null;
  }
}

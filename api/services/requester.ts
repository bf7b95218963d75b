import type { Context } from 'koa';
import type { Audit } from './audit/audit.js';
import { deviceName } from './devices.js';
import { blankedAddress } from './network.js';

/** What is known of a client before anybody knows who it is. */
export interface Requester {
  /** A short name such as "Firefox on Linux". */
  readonly device: string;
  /** The client's address with its last part blanked, as sessions keep it. */
  readonly shownAddress: string;
  /** What every line of the audit trail says of it. */
  readonly forAudit: {
    readonly address: string;
    readonly device: string;
    readonly session: string | null;
    readonly requestId: string | null;
  };
}

/** What views need of the audit trail. */
export type AuditTrail = Pick<Audit, 'record' | 'activityOf'>;

export function requesterOf(ctx: Context): Requester {
  const device = deviceName(ctx.get('User-Agent') || null);
  const requestId = (ctx.state as { requestId?: string }).requestId ?? null;
  return {
    device,
    shownAddress: blankedAddress(ctx.ip),
    forAudit: { address: ctx.ip, device, session: null, requestId },
  };
}

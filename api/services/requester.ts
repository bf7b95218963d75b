import type { IncomingHttpHeaders } from 'node:http';
import type { Audit } from './audit/audit.js';
import { deviceName } from './devices.js';
import { blankedAddress } from './network.js';

/** What is looked at of a request to know its client; Koa's context and Node's own requests fit. */
export interface ClientRequest {
  readonly headers: IncomingHttpHeaders;
  /** The client's address. */
  readonly ip?: string;
  /** What middleware has learnt about the request, where there is any. */
  readonly state?: { requestId?: string; isRefusalRecorded?: boolean };
}

/** What is known of a client before anybody knows who it is. */
export interface Requester {
  /** A short name such as "Firefox on Linux". */
  readonly device: string;
  /** The client's address with its last part blanked, as sessions keep it. */
  readonly shownAddress: string;
  /** What every line of the audit trail says of it. */
  readonly forAudit: {
    readonly address: string | null;
    readonly device: string;
    readonly session: string | null;
    readonly requestId: string | null;
  };
}

/** What views need of the audit trail. */
export type AuditTrail = Pick<Audit, 'record' | 'activityOf' | 'isCursor'>;

export function requesterOf({ headers, ip, state }: ClientRequest): Requester {
  const device = deviceName(headers['user-agent'] ?? null);
  const requestId = state?.requestId ?? null;
  return {
    device,
    shownAddress: blankedAddress(ip ?? ''),
    forAudit: { address: ip ?? null, device, session: null, requestId },
  };
}

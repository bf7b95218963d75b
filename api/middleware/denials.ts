import type { Context } from '../context.js';
import { requesterOf, type AuditTrail } from '../services/requester.js';

/**
 * Has the audit trail say who was refused for want of a login or a right (ASVS 16.3.2), unless it already says that a
 * password was wrong. It is told the route's pattern and never the path, which may hold anything.
 */
export function denials(audit: AuditTrail): (ctx: Context) => Promise<void> {
  return async (ctx) => {
    if (ctx.state.isRefusalRecorded) return;
    const route: unknown = ctx['_matchedRoute'];
    const detail = `${ctx.method} ${typeof route === 'string' ? route : '(any path)'} ${ctx.status}`;
    const user = ctx.state.user?.id ?? null;
    await audit.record({ ...requesterOf(ctx).forAudit, event: 'denied', outcome: 'failure', user, detail });
  };
}

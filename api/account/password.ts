import { readAccountFields, requiredField } from '../body.js';
import type { ViewContext } from '../context.js';
import { ApiError } from '../errors.js';
import { requesterOf } from '../services/requester.js';
import { User } from '../../models/user.js';
import { UserSession } from '../../models/user_session.js';
import type { AccountOptions } from './options.js';
import { sessionJson } from './session_json.js';

/** Changing a password, proving that one knows it, and setting a new one with a reset token. */
export function passwordViews({
  sessions,
  guard,
  cookie,
  credentials,
  devices,
  policy,
  audit,
}: AccountOptions) {
  function requireGoodPassword(ctx: ViewContext, password: string, user: User): void {
    const problem = policy.problemOf(password, { email: user.email ?? '', host: ctx.hostname });
    if (problem !== null) throw new ApiError(400, problem);
  }

  async function record(ctx: ViewContext, event: 'password' | 'confirm', user: User, session: string | null) {
    await audit.record({ ...requesterOf(ctx).forAudit, event, outcome: 'success', user: user.id, session });
  }

  /** Refuses a wrong password of somebody who is logged in. */
  async function requirePassword(ctx: ViewContext, user: User, password: string): Promise<void> {
    const check = await credentials.check(ctx, user.email ?? '', password);
    if (check.user?.id !== user.id) throw new ApiError(403, 'wrong password');
  }

  /** Gives this device a new session id: the old one may have been seen by somebody. */
  async function renew(ctx: ViewContext, session: UserSession): Promise<void> {
    const sessionId = await session.renew();
    if (sessionId === null) throw new ApiError(401);
    cookie.set(ctx, sessionId, sessions.cookieMaxAgeOf(session));
  }

  return {
    /** PUT /auth/password */
    async change(ctx: ViewContext): Promise<void> {
      const { user, session } = await guard.require(ctx);
      const fields = await readAccountFields(ctx);
      const current = requiredField(fields, 'current_password');
      const next = requiredField(fields, 'new_password');
      await requirePassword(ctx, user, current);
      requireGoodPassword(ctx, next, user);
      await user.setPassword(next, ctx.ip);
      if (!(await user.save())) throw new ApiError(401);
      const others = (await UserSession.allOf(user.id)).filter(({ id }) => id !== session.id);
      await Promise.all(others.map((other) => sessions.end(other)));
      await renew(ctx, session);
      // The change made all devices unknown; this one has just given the password.
      devices.remember(ctx, user);
      await record(ctx, 'password', user, session.id);
      ctx.body = {};
    },

    /** POST /auth/confirm: the login counts as fresh again. */
    async confirm(ctx: ViewContext): Promise<void> {
      const { user, session } = await guard.require(ctx);
      await requirePassword(ctx, user, requiredField(await readAccountFields(ctx), 'password'));
      await renew(ctx, session);
      await record(ctx, 'confirm', user, session.id);
      ctx.body = { session: sessionJson(sessions, session, session) };
    },

    /** POST /auth/reset: the one-time token that an admin handed out. It does not log in. */
    async reset(ctx: ViewContext): Promise<void> {
      const fields = await readAccountFields(ctx);
      const token = requiredField(fields, 'token');
      const next = requiredField(fields, 'new_password');
      const owner = await User.findByReset(token);
      if (!owner) throw gone();
      requireGoodPassword(ctx, next, owner);
      const user = await User.redeemReset(token, next, ctx.ip);
      if (!user) throw gone();
      await UserSession.removeAllOf(user.id);
      await credentials.unlock(user.email ?? '');
      await record(ctx, 'password', user, null);
      ctx.body = {};
    },
  };
}

function gone(): ApiError {
  return new ApiError(410, 'this token was used, has expired or never was');
}

import type { ViewContext } from '../context.js';
import { ApiError } from '../errors.js';
import { User } from '../../models/user.js';
import type { AccountOptions } from './options.js';
import { sessionJson } from './session_json.js';

/** One's own sessions, and those of others for admins. */
export function sessionViews({ sessions, guard, accounts, cookie }: AccountOptions) {
  return {
    /** GET /auth/sessions: newest first. */
    async list(ctx: ViewContext): Promise<void> {
      const { user, session } = await guard.require(ctx);
      const own = await sessions.sessionsOfUser(user.id);
      ctx.body = own.map((one) => sessionJson(sessions, one, session));
    },

    /** DELETE /auth/sessions/:id: ending the current one is a logout. */
    async endOne(ctx: ViewContext): Promise<void> {
      const { user, session } = await guard.require(ctx);
      const own = await sessions.sessionsOfUser(user.id);
      const ended = own.find(({ id }) => id === ctx.params['id']);
      // Somebody else's session is as unknown as none (ASVS 8.2.2).
      if (!ended) throw new ApiError(404);
      await accounts.endSessions(ctx, [ended], user);
      if (ended.id === session.id) cookie.clear(ctx);
      ctx.body = {};
    },

    /** DELETE /auth/sessions: all but the current one. */
    async endOthers(ctx: ViewContext): Promise<void> {
      const login = await guard.require(ctx);
      ctx.body = { ended: await accounts.endAllSessions(ctx, login.user, login) };
    },

    /** GET /auth/users/:id/sessions, for admins. */
    async listOf(ctx: ViewContext): Promise<void> {
      const { session } = await guard.requireAdmin(ctx);
      const user = await findUser(ctx);
      const theirs = await sessions.sessionsOfUser(user.id);
      ctx.body = theirs.map((one) => sessionJson(sessions, one, session));
    },

    /** DELETE /auth/users/:id/sessions, for admins; one's own current session goes on. */
    async endAllOf(ctx: ViewContext): Promise<void> {
      const login = await guard.requireAdmin(ctx);
      const user = await findUser(ctx);
      ctx.body = { ended: await accounts.endAllSessions(ctx, user, login) };
    },
  };
}

async function findUser(ctx: ViewContext): Promise<User> {
  const user = await User.get(ctx.params['id']);
  if (!user) throw new ApiError(404);
  return user;
}

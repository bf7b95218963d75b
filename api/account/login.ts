import { booleanField, readAccountFields, requiredField } from '../body.js';
import type { ViewContext } from '../context.js';
import { ApiError } from '../errors.js';
import { checkCredentials } from '../services/credentials.js';
import { csrfBindingOf } from '../services/csrf.js';
import { requesterOf } from '../services/requester.js';
import type { AccountOptions } from './options.js';
import { sessionJson } from './session_json.js';

/** Logging in and out, and asking whether one is. */
export function loginViews({ sessions, guard, cookie, audit, tokens, production }: AccountOptions) {
  return {
    /** POST /auth/login */
    async login(ctx: ViewContext): Promise<void> {
      const fields = await readAccountFields(ctx);
      const email = requiredField(fields, 'email');
      const password = requiredField(fields, 'password');
      const remember = booleanField(fields, 'remember');
      const { device, shownAddress: address, forAudit } = requesterOf(ctx);
      const { user } = await checkCredentials(email, password, ctx.ip);
      if (!user) {
        await audit.record({ ...forAudit, event: 'failure', outcome: 'failure', user: null, email });
        throw new ApiError(401, 'wrong email or password');
      }
      const sessionId = await sessions.createSession(user.id, { remember, device, address });
      // Always a new id, and the one that came with the request is worth nothing afterwards (ASVS 7.2.4).
      await sessions.destroySession(ctx.request);
      const session = await sessions.useSession(sessionId);
      if (sessionId === null || !session) throw new ApiError(401, 'wrong email or password');
      cookie.set(ctx, sessionId, sessions.cookieMaxAgeOf(session));
      ctx.state.user = user;
      await audit.record({
        ...forAudit,
        event: 'login',
        outcome: 'success',
        user: user.id,
        session: session.id,
      });
      ctx.body = { user, session: sessionJson(sessions, session, session) };
    },

    /** GET /auth/status; its headers let nginx's auth_request pass the user on to an app behind it. */
    async status(ctx: ViewContext): Promise<void> {
      const login = await guard.find(ctx);
      if (!login) {
        ctx.status = 401;
        ctx.body = { authenticated: false, error: 'Unauthorized' };
        return;
      }
      const { user, session } = login;
      ctx.set('Remote-User', user.id);
      // A header takes Latin-1 at most, and no line breaks: what is beyond ASCII goes percent-encoded.
      ctx.set('Remote-Email', encodeURI(user.email ?? ''));
      ctx.body = { authenticated: true, user, session: sessionJson(sessions, session, session) };
    },

    /** POST /auth/logout */
    async logout(ctx: ViewContext): Promise<void> {
      const { user, session } = await guard.require(ctx);
      await sessions.end(session);
      cookie.clear(ctx);
      if (production) ctx.set('Clear-Site-Data', '"cache"');
      const { forAudit } = requesterOf(ctx);
      await audit.record({
        ...forAudit,
        event: 'logout',
        outcome: 'success',
        user: user.id,
        session: session.id,
      });
      ctx.body = {};
    },

    /** GET /auth/csrf: a token for forms and scripts, bound to the session or, before login, to the visitor. */
    async csrf(ctx: ViewContext): Promise<void> {
      const login = await guard.find(ctx);
      ctx.body = { csrf_token: tokens.issue(csrfBindingOf(ctx, login?.session.id ?? null)) };
    },

    /** GET /protected and /protected-resource: something to put behind a login. */
    async protectedResource(ctx: ViewContext): Promise<void> {
      const login = await guard.find(ctx);
      if (login) ctx.body = { message: 'This is a protected resource', user: login.user };
      else if (ctx.get('Accept').includes('text/html')) ctx.redirect(`/login?next=${ctx.path}`);
      else throw new ApiError(401);
    },
  };
}

import { booleanField, readAccountFields, requiredField } from '../body.js';
import type { ViewContext } from '../context.js';
import { ApiError } from '../errors.js';
import { csrfBindingOf } from '../services/csrf.js';
import type { AccountOptions } from './options.js';
import { sessionJson } from './session_json.js';

/** Seconds for which others may keep our public keys before they look for new ones. */
const KEYS_MAX_AGE = 300;

/** Logging in and out, and asking whether one is. */
export function loginViews({ sessions, guard, logins, credentials, tokens }: AccountOptions) {
  return {
    /** POST /auth/login */
    async login(ctx: ViewContext): Promise<void> {
      const fields = await readAccountFields(ctx);
      const email = requiredField(fields, 'email');
      const password = requiredField(fields, 'password');
      const remember = booleanField(fields, 'remember');
      const { user } = await credentials.check(ctx, email, password);
      const session = user && (await logins.start(ctx, user, { remember, knowDevice: true }));
      if (!session) throw new ApiError(401, 'wrong email or password');
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
      const { session } = await guard.require(ctx);
      await logins.end(ctx, session);
      ctx.body = {};
    },

    /** GET /auth/csrf: a token for forms and scripts, bound to the session or, before login, to the visitor. */
    async csrf(ctx: ViewContext): Promise<void> {
      const login = await guard.find(ctx);
      ctx.body = { csrf_token: tokens.issue(csrfBindingOf(ctx, login?.session.id ?? null)) };
    },

    /** GET /.well-known/jwks.json: for services that verify tokens by themselves, and accept the delay. */
    publicKeys(ctx: ViewContext): void {
      ctx.body = sessions.publicKeys;
      ctx.set('Cache-Control', `public, max-age=${KEYS_MAX_AGE}`);
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

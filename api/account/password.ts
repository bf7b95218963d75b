import { readAccountFields, requiredField } from '../body.js';
import type { ViewContext } from '../context.js';
import type { AccountOptions } from './options.js';
import { sessionJson } from './session_json.js';

/** Changing a password, proving that one knows it, and setting a new one with a reset token. */
export function passwordViews({ sessions, guard, passwords }: AccountOptions) {
  return {
    /** PUT /auth/password */
    async change(ctx: ViewContext): Promise<void> {
      await guard.require(ctx);
      const fields = await readAccountFields(ctx);
      const current = requiredField(fields, 'current_password');
      const next = requiredField(fields, 'new_password');
      // Once more: a body may take minutes to come, and a logout meanwhile holds for this request too.
      await passwords.change(ctx, await guard.require(ctx), current, next);
      ctx.body = {};
    },

    /** POST /auth/confirm: the login counts as fresh again. */
    async confirm(ctx: ViewContext): Promise<void> {
      const login = await guard.require(ctx);
      await passwords.confirm(ctx, login, requiredField(await readAccountFields(ctx), 'password'));
      ctx.body = { session: sessionJson(sessions, login.session, login.session) };
    },

    /** POST /auth/reset: the one-time token that an admin handed out. */
    async reset(ctx: ViewContext): Promise<void> {
      const fields = await readAccountFields(ctx);
      await passwords.reset(ctx, requiredField(fields, 'token'), requiredField(fields, 'new_password'));
      ctx.body = {};
    },
  };
}

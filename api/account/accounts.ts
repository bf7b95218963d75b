import { readAccountFields, requiredField, textField } from '../body.js';
import type { ViewContext } from '../context.js';
import { ApiError } from '../errors.js';
import type { Role } from '../../models/user.js';
import type { AccountOptions } from './options.js';

/** Making an account, removing one's own, and what admins do with those of others. */
export function accountViews({ guard, accounts }: AccountOptions) {
  return {
    /** POST /auth/register: makes a user, and no session. */
    async register(ctx: ViewContext): Promise<void> {
      const login = await guard.find(ctx);
      accounts.requireOpenTo(login?.user ?? null);
      const fields = await readAccountFields(ctx);
      const email = requiredField(fields, 'email');
      const password = requiredField(fields, 'password');
      const names = {
        first_name: textField(fields, 'first_name'),
        last_name: textField(fields, 'last_name'),
      };
      // Once more: a body may take minutes to come, and an admin who was demoted meanwhile makes no users.
      accounts.requireOpenTo((await guard.find(ctx))?.user ?? null);
      ctx.body = await accounts.register(ctx, { email, password, ...names });
      ctx.status = 201;
    },

    /** DELETE /auth/account */
    async remove(ctx: ViewContext): Promise<void> {
      await accounts.remove(ctx, await guard.requireFresh(ctx));
      ctx.body = {};
    },

    /** GET /auth/activity: one's own audit trail, newest first; the last part of addresses is blanked. */
    async activity(ctx: ViewContext): Promise<void> {
      const { user } = await guard.require(ctx);
      ctx.body = await accounts.activityOf(user, ctx.query['before']);
    },

    /** GET /auth/users, for admins; `?after=<next>` is the next page. */
    async list(ctx: ViewContext): Promise<void> {
      await guard.requireAdmin(ctx);
      const { users, next } = await accounts.users(ctx.query['after']);
      ctx.body = {
        users: users.map((user) => ({ ...user.toJSON(), role: user.role, disabled: user.disabled })),
        next,
      };
    },

    /** PUT /auth/users/:id, for admins with a fresh login: `disabled` and `role`, and nothing else. */
    async change(ctx: ViewContext): Promise<void> {
      await guard.requireAdmin(ctx);
      await guard.requireFresh(ctx);
      const fields = await readAccountFields(ctx);
      // Once more: a body may take minutes to come, and who was demoted meanwhile must not undo it (ASVS 8.3.2).
      const { user: admin } = await guard.requireAdmin(ctx);
      const changes = {
        ...(fields['role'] === undefined ? {} : { role: roleOf(fields['role']) }),
        ...(fields['disabled'] === undefined ? {} : { disabled: flagOf(fields['disabled']) }),
      };
      const user = await accounts.change(ctx, admin, ctx.params['id'] ?? '', changes);
      ctx.body = { id: user.id, email: user.email, role: user.role, disabled: user.disabled };
    },
  };
}

function roleOf(value: unknown): Role {
  if (value === 'user' || value === 'admin') return value;
  throw new ApiError(400, 'role must be user or admin');
}

function flagOf(value: unknown): boolean {
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  throw new ApiError(400, 'disabled must be true or false');
}

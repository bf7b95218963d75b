import { readAccountFields, requiredField, textField } from '../body.js';
import type { ViewContext } from '../context.js';
import { ApiError } from '../errors.js';
import { changeAccount, removeAccount } from '../services/accounts.js';
import { problemOfEmail } from '../services/email_address.js';
import { blankedAddress } from '../services/network.js';
import { makeUser } from '../services/new_user.js';
import { requesterOf } from '../services/requester.js';
import { User, type Role } from '../../models/user.js';
import type { AccountOptions } from './options.js';

/** Users a page of the admins' list holds. */
const PAGE = 50;

/** Making an account, removing one's own, and what admins do with those of others. */
export function accountViews({ guard, cookie, credentials, policy, rights, audit }: AccountOptions) {
  return {
    /** POST /auth/register: makes a user, and no session. */
    async register(ctx: ViewContext): Promise<void> {
      const login = await guard.find(ctx);
      if (!rights.mayRegister(login?.user ?? null)) throw new ApiError(403, 'registration is closed');
      const fields = await readAccountFields(ctx);
      const email = requiredField(fields, 'email');
      const password = requiredField(fields, 'password');
      const names = {
        first_name: textField(fields, 'first_name'),
        last_name: textField(fields, 'last_name'),
      };
      const problem = problemOfEmail(email) ?? policy.problemOf(password, { email, host: ctx.hostname });
      if (problem !== null) throw new ApiError(400, problem);
      const user = await makeUser({ email, password, ...names }, ctx.ip);
      await audit.record({
        ...requesterOf(ctx).forAudit,
        event: 'register',
        outcome: 'success',
        user: user.id,
      });
      ctx.status = 201;
      ctx.body = user;
    },

    /** DELETE /auth/account */
    async remove(ctx: ViewContext): Promise<void> {
      const { user, session } = await guard.requireFresh(ctx);
      await removeAccount(user.id);
      await credentials.forget(user.email ?? '');
      cookie.clear(ctx);
      const { forAudit } = requesterOf(ctx);
      await audit.record({
        ...forAudit,
        event: 'delete',
        outcome: 'success',
        user: user.id,
        session: session.id,
      });
      ctx.body = {};
    },

    /** GET /auth/activity: one's own audit trail, newest first; the last part of addresses is blanked. */
    async activity(ctx: ViewContext): Promise<void> {
      const { user } = await guard.require(ctx);
      const { before } = ctx.query;
      const page = await audit.activityOf(user.id, typeof before === 'string' ? { before } : {});
      const events = page.events.map((event) => ({
        ...event,
        address: event.address === null ? null : blankedAddress(event.address),
      }));
      ctx.body = { events, next: page.next };
    },

    /** GET /auth/users, for admins; `?after=<next>` is the next page. */
    async list(ctx: ViewContext): Promise<void> {
      await guard.requireAdmin(ctx);
      const { after } = ctx.query;
      const found = Array.isArray(after) ? null : await User.page(PAGE + 1, after);
      if (!found) throw new ApiError(400, 'after must be the next of a page');
      const users = found.slice(0, PAGE);
      ctx.body = {
        users: users.map((user) => ({ ...user.toJSON(), role: user.role, disabled: user.disabled })),
        next: found.length > PAGE ? (users.at(-1)?.id ?? null) : null,
      };
    },

    /** PUT /auth/users/:id, for admins with a fresh login: `disabled` and `role`, and nothing else. */
    async change(ctx: ViewContext): Promise<void> {
      const { user: admin } = await guard.requireAdmin(ctx);
      await guard.requireFresh(ctx);
      const fields = await readAccountFields(ctx);
      const changes = {
        ...(fields['role'] === undefined ? {} : { role: roleOf(fields['role']) }),
        ...(fields['disabled'] === undefined ? {} : { disabled: flagOf(fields['disabled']) }),
      };
      const user = await changeAccount(ctx.params['id'] ?? '', changes);
      if (!user) throw new ApiError(404);
      const { address, requestId } = requesterOf(ctx).forAudit;
      const event = { address, requestId, device: null, session: null, user: user.id, actor: admin.id };
      await audit.record({
        ...event,
        event: 'admin',
        outcome: 'success',
        detail: Object.keys(changes).join(' '),
      });
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

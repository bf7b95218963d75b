import { readJsonObject, requiredField, textField, type Fields } from '../../body.js';
import type { ViewContext } from '../../context.js';
import { ApiError, type Problem } from '../../errors.js';
import type { PasswordRules } from '../../services/password_policy.js';
import { removeAccount } from '../../services/accounts.js';
import type { Credentials } from '../../services/credentials.js';
import { makeUser } from '../../services/new_user.js';
import { requesterOf, type AuditTrail } from '../../services/requester.js';
import type { Rights } from '../../services/rights.js';
import type { Auth } from '../auth/auth.js';
import { letIn } from '../auth/let_in.js';
import { User } from '../../../models/user.js';

export interface UsersViewsOptions {
  /** Null in the open API. */
  readonly auth: Auth | null;
  readonly rights: Rights;
  readonly credentials: Credentials;
  readonly audit: AuditTrail;
  /** What is wrong with a new user's email, or null: in production it must be shaped like an address. */
  readonly problemOfEmail: (email: string) => Problem | null;
  /** What a new user's password must be like. */
  readonly passwordRules: PasswordRules;
}

/** The views of /api/v1/users. */
export function usersViews(options: UsersViewsOptions) {
  const { auth, rights, credentials, audit, problemOfEmail, passwordRules } = options;

  /** Has the audit trail say what became of a user, and by whom if that was somebody else. */
  async function record(ctx: ViewContext, event: 'register' | 'delete', user: string): Promise<void> {
    const actor = ctx.state.user?.id ?? null;
    await audit.record({ ...requesterOf(ctx).forAudit, event, outcome: 'success', user, actor });
  }

  /**
   * The body of a request that the caller has the right to: now, and once all of it is there. It may take minutes to
   * come, and a logout or a demotion meanwhile holds for this request too (ASVS 7.4.1, 8.3.2).
   */
  async function readBody(ctx: ViewContext, hasRight: () => boolean): Promise<Fields> {
    if (!hasRight()) throw new ApiError(403);
    const fields = await readJsonObject(ctx);
    if (auth) await letIn(auth, ctx, async () => {});
    if (!hasRight()) throw new ApiError(403);
    return fields;
  }

  return {
    /** GET /api/v1/users */
    async list(ctx: ViewContext): Promise<void> {
      if (!rights.mayReadAll(ctx.state.user)) throw new ApiError(403);
      ctx.body = await User.all();
    },

    /** GET /api/v1/users/me */
    me(ctx: ViewContext): void {
      if (!ctx.state.user) throw new ApiError(404);
      answerJson(ctx, ctx.state.user.storedText());
    },

    /** GET /api/v1/users/:id */
    async show(ctx: ViewContext): Promise<void> {
      const user = await findUser(ctx);
      if (!rights.mayRead(ctx.state.user, user.id)) throw new ApiError(403);
      ctx.body = user;
    },

    /** POST /api/v1/users */
    async create(ctx: ViewContext): Promise<void> {
      const fields = await readBody(ctx, () => rights.mayCreate(ctx.state.user));
      const email = requiredField(fields, 'email');
      const password = requiredField(fields, 'password');
      const names = {
        first_name: textField(fields, 'first_name'),
        last_name: textField(fields, 'last_name'),
      };
      const weakness = () => passwordRules.problemOf(password, { email, host: ctx.hostname });
      const problem = problemOfEmail(email) ?? weakness();
      if (problem !== null) throw new ApiError(400, problem);
      const user = await makeUser({ email, password, ...names }, ctx.ip);
      await record(ctx, 'register', user.id);
      ctx.status = 201;
      ctx.body = user;
    },

    /** PUT /api/v1/users/:id changes the two names and nothing else. */
    async update(ctx: ViewContext): Promise<void> {
      const user = await findUser(ctx);
      const fields = await readBody(ctx, () => rights.mayChange(ctx.state.user, user.id));
      user.first_name = newName(fields['first_name'], 'first_name') ?? user.first_name;
      user.last_name = newName(fields['last_name'], 'last_name') ?? user.last_name;
      if (!(await user.save())) throw new ApiError(404);
      ctx.body = user;
    },

    /** DELETE /api/v1/users/:id */
    async remove(ctx: ViewContext): Promise<void> {
      const user = await findUser(ctx);
      if (!rights.mayChange(ctx.state.user, user.id)) throw new ApiError(403);
      if (!(await removeAccount(user.id))) throw new ApiError(404);
      await credentials.forget(user.email ?? '');
      await record(ctx, 'delete', user.id);
      ctx.body = {};
    },
  };
}

/**
 * Answers with a text that is JSON already. The header is set by hand: what Koa does to find a type out costs an
 * answer as much as finding the session.
 */
function answerJson(ctx: ViewContext, text: string): void {
  ctx.res.setHeader('Content-Type', 'application/json; charset=utf-8');
  ctx.body = text;
}

async function findUser(ctx: ViewContext): Promise<User> {
  const user = await User.get(ctx.params['id']);
  if (!user) throw new ApiError(404);
  return user;
}

/** A name to set, which may be empty; null leaves the old one. */
function newName(value: unknown, name: string): string | null {
  return value === '' ? '' : textField({ [name]: value }, name);
}

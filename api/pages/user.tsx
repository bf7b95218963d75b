import type { VNode } from 'preact';
import { User } from '../../models/user.js';
import type { UserSession } from '../../models/user_session.js';
import type { Login } from '../actions/login_guard.js';
import type { ViewContext } from '../context.js';
import { ApiError } from '../errors.js';
import type { AccountChanges } from '../services/accounts.js';
import type { SessionAuth } from '../v1/auth/session_auth.js';
import { Fact, Time } from './components/data.js';
import { PostForm, Submit } from './components/form.js';
import { Layout } from './components/layout.js';
import type { Form } from './form.js';
import type { PageOptions } from './options.js';
import { PAGE, SessionFacts } from './own_sessions.js';
import { seeOther, type Pages } from './pages.js';
import { UserBadges } from './users.js';
import type { FormView, View } from './view.js';

/** What the buttons change. */
const CHANGES: ReadonlyMap<string, AccountChanges> = new Map<string, AccountChanges>([
  ['disable', { disabled: true }],
  ['enable', { disabled: false }],
  ['make_admin', { role: 'admin' }],
  ['make_user', { role: 'user' }],
]);

/** One user, for admins. */
export function userPages({ sessions, accounts }: PageOptions, pages: Pages) {
  async function show(ctx: ViewContext, login: Login, sent: Form | null): Promise<void> {
    const user = await userOf(ctx);
    const theirs = await sessions.sessionsOfUser(user.id);
    const page = (view: View) => (
      <UserPage view={view} user={user} sessions={sessions} theirs={theirs} login={login} form={sent} />
    );
    if (sent) pages.showRefused(ctx, login, sent, page);
    else pages.show(ctx, login, page);
  }
  return {
    /** GET /users/:id */
    async show(ctx: ViewContext): Promise<void> {
      const login = await pages.requireFreshAdmin(ctx);
      if (login) await show(ctx, login, null);
    },

    /** POST /users/:id: `do` says what. */
    async submit(ctx: ViewContext): Promise<void> {
      const login = await pages.requireFreshAdmin(ctx);
      if (!login) return;
      const form = await pages.form(ctx, login, []);
      const user = await userOf(ctx);
      const changes = CHANGES.get(form.does);
      if (changes) await form.run(() => accounts.change(ctx, login.user, user.id, changes));
      else if (form.does === 'end_sessions') await accounts.endAllSessions(ctx, user, login);
      else throw new ApiError(400);
      if (!form.isGood) return show(ctx, login, form);
      pages.leave(ctx, changes ? 'user_changed' : 'user_sessions_ended');
      // Who is no admin any more may not see the page.
      seeOther(ctx, user.id === login.user.id && changes ? '/' : `/users/${user.id}`);
    },
  };
}

async function userOf(ctx: ViewContext): Promise<User> {
  const user = await User.get(ctx.params['id']);
  if (!user) throw new ApiError(404);
  return user;
}

interface UserPageProps {
  readonly view: View;
  readonly user: User;
  readonly sessions: SessionAuth;
  readonly theirs: readonly UserSession[];
  /** Who is looking: their own session goes on. */
  readonly login: Login;
  readonly form: FormView | null;
}

function UserPage({ view, user, sessions, theirs, login, form }: UserPageProps): VNode {
  const { users } = view.text;
  return (
    <Layout view={view} title={users.userTitle} form={form} kind="account">
      <p>
        <a href="/users">{users.back}</a>
      </p>
      <h1>
        <bdi>{user.email ?? user.id}</bdi> <UserBadges view={view} user={user} />
      </h1>
      <dl class="facts">
        <Fact name={users.name}>
          <bdi>{user.displayName()}</bdi>
        </Fact>
        <Fact name={users.since}>
          <Time view={view} date={user.created_at} />
        </Fact>
        <Fact name={users.id}>{user.id}</Fact>
      </dl>
      <PostForm view={view} action={`/users/${user.id}`}>
        <section class="card">
          <h2>{users.access}</h2>
          <p>{user.disabled ? users.disabledText : users.enabledText}</p>
          <p class="actions">
            {user.disabled ? (
              <Submit does="enable" kind="secondary">
                {users.enable}
              </Submit>
            ) : (
              <Submit does="disable" kind="danger">
                {users.disable}
              </Submit>
            )}
            <Submit does={user.isAdmin ? 'make_user' : 'make_admin'} kind="secondary">
              {user.isAdmin ? users.makeUser : users.makeAdmin}
            </Submit>
          </p>
        </section>
        <section class="card">
          <h2>{users.sessions}</h2>
          {theirs.length === 0 ? (
            <p>{users.noSessions}</p>
          ) : (
            <>
              <ul class="rows">
                {theirs.slice(0, PAGE).map((session) => (
                  <li>
                    <SessionFacts
                      view={view}
                      sessions={sessions}
                      session={session}
                      isCurrent={session.id === login.session.id}
                    />
                  </li>
                ))}
              </ul>
              {theirs.length > PAGE ? <p>{users.moreSessions(theirs.length - PAGE)}</p> : null}
              <Submit does="end_sessions" kind="danger">
                {users.endSessions}
              </Submit>
            </>
          )}
        </section>
      </PostForm>
    </Layout>
  );
}

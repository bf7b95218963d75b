import type { VNode } from 'preact';
import type { User } from '../../models/user.js';
import type { UserPage } from '../actions/accounts.js';
import type { ViewContext } from '../context.js';
import { Fact, Pager, Time } from './components/data.js';
import { Layout } from './components/layout.js';
import type { PageOptions } from './options.js';
import type { Pages } from './pages.js';
import type { View } from './view.js';

/** Users on a page. */
const PAGE = 25;

/** All users, for admins. */
export function usersPages({ accounts }: PageOptions, pages: Pages) {
  return {
    /** GET /users; `?after=<next>` is the next page. */
    async show(ctx: ViewContext): Promise<void> {
      const login = await pages.requireFreshAdmin(ctx);
      if (!login) return;
      const { after } = ctx.query;
      const found = await accounts.users(after, PAGE);
      const isFirst = after === undefined;
      pages.show(ctx, login, (view) => <UsersPage view={view} found={found} isFirst={isFirst} />);
    },
  };
}

interface UsersPageProps {
  readonly view: View;
  readonly found: UserPage;
  readonly isFirst: boolean;
}

function UsersPage({ view, found, isFirst }: UsersPageProps): VNode {
  const { users } = view.text;
  return (
    <Layout view={view} title={users.title} kind="account">
      <div class="heading">
        <h1>{users.title}</h1>
        <a class="button secondary" href="/register">
          {users.add}
        </a>
      </div>
      <ul class="rows">
        {found.users.map((user) => (
          <li>
            <UserRow view={view} user={user} />
          </li>
        ))}
      </ul>
      <Pager
        view={view}
        path="/users"
        next={found.next === null ? null : `after=${encodeURIComponent(found.next)}`}
        isFirst={isFirst}
      />
    </Layout>
  );
}

function UserRow({ view, user }: { readonly view: View; readonly user: User }): VNode {
  const { users } = view.text;
  return (
    <div>
      <p class="name">
        <a href={`/users/${user.id}`}>
          <bdi>{user.email ?? user.id}</bdi>
        </a>{' '}
        <UserBadges view={view} user={user} />
      </p>
      <dl class="inline">
        {user.displayName() === user.email ? null : (
          <Fact name={users.name}>
            <bdi>{user.displayName()}</bdi>
          </Fact>
        )}
        <Fact name={users.since}>
          <Time view={view} date={user.created_at} />
        </Fact>
      </dl>
    </div>
  );
}

/** What is special about a user. */
export function UserBadges({ view, user }: { readonly view: View; readonly user: User }): VNode {
  const { users } = view.text;
  return (
    <>
      {user.isAdmin ? <span class="badge">{users.admin}</span> : null}{' '}
      {user.disabled ? <span class="badge warn">{users.disabled}</span> : null}
    </>
  );
}

import type { VNode } from 'preact';
import type { UserSession } from '../../models/user_session.js';
import type { ViewContext } from '../context.js';
import type { SessionAuth } from '../v1/auth/session_auth.js';
import { deviceName, Fact, Pager, Time } from './components/data.js';
import { PostForm, Submit } from './components/form.js';
import { Layout } from './components/layout.js';
import type { PageOptions } from './options.js';
import { seeOther, type Pages } from './pages.js';
import type { View } from './view.js';

/** Other sessions on a page, so that it stays small. */
export const PAGE = 15;

/** Where one is logged in. */
export function ownSessionPages({ sessions, accounts }: PageOptions, pages: Pages) {
  return {
    /** GET /sessions; `?after=<id>` is the next page. */
    async show(ctx: ViewContext): Promise<void> {
      const login = await pages.requireLogin(ctx);
      if (!login) return;
      const own = await sessions.sessionsOfUser(login.user.id);
      const others = own.filter(({ id }) => id !== login.session.id);
      // One that has ended meanwhile is not found: the list then begins anew.
      const from = others.findIndex(({ id }) => id === ctx.query['after']) + 1;
      pages.show(ctx, login, (view) => (
        <SessionsPage view={view} sessions={sessions} current={login.session} others={others} from={from} />
      ));
    },

    /** POST /sessions: ends one, or all but this one; one that has ended before does no harm. */
    async submit(ctx: ViewContext): Promise<void> {
      const login = await pages.requireLogin(ctx);
      if (!login) return;
      const form = await pages.form(ctx, login, []);
      const isAll = form.does === 'end_others';
      if (isAll) await accounts.endAllSessions(ctx, login.user, login);
      else {
        const own = await sessions.sessionsOfUser(login.user.id);
        // This one ends by logging out; somebody else's is none of ours (ASVS 8.2.2).
        const ended = own.filter(({ id }) => id !== login.session.id && id === form.does);
        await accounts.endSessions(ctx, ended, login.user);
      }
      pages.leave(ctx, isAll ? 'sessions_ended' : 'session_ended');
      seeOther(ctx, '/sessions');
    },
  };
}

interface SessionsPageProps {
  readonly view: View;
  readonly sessions: SessionAuth;
  readonly current: UserSession;
  readonly others: readonly UserSession[];
  /** Which of the others is the first to show. */
  readonly from: number;
}

function SessionsPage({ view, sessions, current, others, from }: SessionsPageProps): VNode {
  const { text } = view;
  const shown = others.slice(from, from + PAGE);
  const next = others.length > from + PAGE ? `after=${shown.at(-1)?.id}` : null;
  return (
    <Layout view={view} title={text.sessions.title} kind="account">
      <h1>{text.sessions.title}</h1>
      <p class="lead">{text.sessions.lead}</p>
      <ul class="rows">
        <li>
          <SessionFacts view={view} sessions={sessions} session={current} isCurrent />
        </li>
      </ul>
      {others.length === 0 ? (
        <p>{text.sessions.onlyThis}</p>
      ) : (
        <PostForm view={view} action="/sessions">
          <ul class="rows">
            {shown.map((session) => (
              <li>
                <SessionFacts view={view} sessions={sessions} session={session} />
                <button
                  class="button secondary"
                  name="do"
                  value={session.id}
                  aria-label={text.sessions.endLabel(deviceName(view, session.device))}
                >
                  {text.sessions.end}
                </button>
              </li>
            ))}
          </ul>
          <Submit does="end_others" kind="danger">
            {text.sessions.endOthers}
          </Submit>
        </PostForm>
      )}
      <Pager view={view} path="/sessions" next={next} isFirst={from === 0} />
    </Layout>
  );
}

export interface SessionFactsProps {
  readonly view: View;
  readonly sessions: SessionAuth;
  readonly session: UserSession;
  readonly isCurrent?: boolean;
}

/** A session as its user sees it: never with the id that opens it. */
export function SessionFacts({ view, sessions, session, isCurrent = false }: SessionFactsProps): VNode {
  const { text } = view;
  return (
    <div>
      <p class="name">
        {deviceName(view, session.device)}{' '}
        {isCurrent ? <span class="badge">{text.sessions.current}</span> : null}
      </p>
      <dl class="inline">
        <Fact name={text.sessions.lastSeen}>
          <Time view={view} date={sessions.lastUseOf(session)} />
        </Fact>
        {session.address === null ? null : <Fact name={text.sessions.address}>{session.address}</Fact>}
        <Fact name={text.sessions.since}>
          <Time view={view} date={session.created_at} />
        </Fact>
      </dl>
    </div>
  );
}

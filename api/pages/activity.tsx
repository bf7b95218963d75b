import type { VNode } from 'preact';
import type { ViewContext } from '../context.js';
import type { ActivityPage as Trail } from '../services/audit/audit.js';
import { deviceName, Pager, Time } from './components/data.js';
import { Layout } from './components/layout.js';
import type { PageOptions } from './options.js';
import type { Pages } from './pages.js';
import type { View } from './view.js';

/** Events on a page. */
const PAGE = 25;

/** What happened to one's account. */
export function activityPages({ accounts }: PageOptions, pages: Pages) {
  return {
    /** GET /activity; `?before=<next>` is the next page. */
    async show(ctx: ViewContext): Promise<void> {
      const login = await pages.requireLogin(ctx);
      if (!login) return;
      const { before } = ctx.query;
      const trail = await accounts.activityOf(login.user, before, PAGE);
      const isFirst = before === undefined;
      pages.show(ctx, login, (view) => <ActivityPage view={view} trail={trail} isFirst={isFirst} />);
    },
  };
}

interface ActivityPageProps {
  readonly view: View;
  readonly trail: Trail;
  readonly isFirst: boolean;
}

function ActivityPage({ view, trail, isFirst }: ActivityPageProps): VNode {
  const { activity } = view.text;
  const next = trail.next === null ? null : `before=${encodeURIComponent(trail.next)}`;
  return (
    <Layout view={view} title={activity.title} kind="account">
      <h1>{activity.title}</h1>
      <p class="lead">{activity.lead}</p>
      {trail.events.length === 0 ? <p>{activity.none}</p> : null}
      <ul class="log">
        {trail.events.map(({ at, event, device, address }) => (
          <li>
            <Time view={view} date={new Date(at)} />
            <strong>{nameOf(view, event)}</strong>
            <span>{[device && deviceName(view, device), address].filter(Boolean).join(' · ')}</span>
          </li>
        ))}
      </ul>
      <Pager view={view} path="/activity" next={next} isFirst={isFirst} />
    </Layout>
  );
}

function nameOf({ text }: View, event: string): string {
  const names: Readonly<Record<string, string>> = text.activity.events;
  return names[event] ?? text.activity.otherEvent;
}

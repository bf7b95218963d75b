import type { VNode } from 'preact';
import type { ViewContext } from '../context.js';
import { takeNext } from '../services/visitor.js';
import { Layout } from './components/layout.js';
import type { PageOptions } from './options.js';
import type { Pages } from './pages.js';
import type { Person, View } from './view.js';

/** The start page: what this is, or where to go on. */
export function homePages({ guard }: PageOptions, pages: Pages) {
  return {
    /** GET / */
    async show(ctx: ViewContext): Promise<void> {
      const login = await guard.find(ctx);
      // Whoever starts again does not want to go where they were sent away from.
      takeNext(ctx);
      pages.show(ctx, login, (view) =>
        view.person ? <Start view={view} person={view.person} /> : <Welcome view={view} />,
      );
    },
  };
}

function Welcome({ view }: { readonly view: View }): VNode {
  const { home } = view.text;
  return (
    <Layout view={view} title={home.title}>
      <div class="hero">
        <h1>{home.heading}</h1>
        <p class="lead">{home.lead(view.serviceName)}</p>
        <p class="actions">
          {view.mayRegister ? (
            <a class="button primary" href="/register">
              {home.register}
            </a>
          ) : null}
          <a class={view.mayRegister ? 'button secondary' : 'button primary'} href="/login">
            {home.login}
          </a>
        </p>
      </div>
      <ul class="cards">
        <Card title={home.devices} text={home.devicesText} />
        <Card title={home.activity} text={home.activityText} />
        <Card title={home.developers} text={home.developersText} />
      </ul>
    </Layout>
  );
}

function Start({ view, person }: { readonly view: View; readonly person: Person }): VNode {
  const { home } = view.text;
  return (
    <Layout view={view} title={home.title}>
      <h1>{home.greeting(person.name)}</h1>
      <p class="lead">{home.welcomeBack}</p>
      <ul class="cards">
        <Card to="/profile" title={home.profile} text={home.profileText} />
        <Card to="/sessions" title={home.devices} text={home.devicesText} />
        <Card to="/activity" title={home.activity} text={home.activityText} />
      </ul>
    </Layout>
  );
}

interface CardProps {
  readonly to?: string;
  readonly title: string;
  readonly text: string;
}

function Card({ to, title, text }: CardProps): VNode {
  return (
    <li class="card">
      <h2>{to === undefined ? title : <a href={to}>{title}</a>}</h2>
      <p>{text}</p>
    </li>
  );
}

import type { ComponentChildren, VNode } from 'preact';
import type { FormView, View } from '../view.js';
import { PostForm } from './form.js';
import { Notice, ProblemSummary } from './messages.js';

export interface LayoutProps {
  readonly view: View;
  readonly title: string;
  /** The form whose problems come first on the page. */
  readonly form?: FormView | null;
  /** `narrow` for one card with a form, `account` with the links between the pages of an account. */
  readonly kind?: 'narrow' | 'account' | 'wide';
  readonly children: ComponentChildren;
}

/** What surrounds every page: head, header with navigation, and what there is to say first. */
export function Layout({ view, title, form = null, kind = 'wide', children }: LayoutProps): VNode {
  const { text, serviceName } = view;
  const hasProblems = form !== null && form.problems.length > 0;
  const whole = text.title(hasProblems ? text.errorTitle(title) : title, serviceName);
  return (
    <html lang={text.language}>
      <head>
        <meta charset="utf-8" />
        <title>{whole}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <link rel="stylesheet" href={view.stylesheet} />
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
      </head>
      <body>
        <a class="skip" href="#main">
          {text.skip}
        </a>
        <Header view={view} />
        <div class={`page ${kind}`}>
          {kind === 'account' && view.person ? <AccountNavigation view={view} /> : null}
          <main id="main">
            {hasProblems ? <ProblemSummary view={view} form={form} /> : <Notice view={view} />}
            {children}
          </main>
        </div>
      </body>
    </html>
  );
}

function Header({ view }: { readonly view: View }): VNode {
  const { text, person } = view;
  return (
    <header>
      <div class="bar">
        <a class="brand" href="/">
          <img src="/favicon.svg" alt="" width="28" height="28" />
          <bdi>{view.serviceName}</bdi>
        </a>
        <nav aria-label={text.mainNavigation}>
          {person ? (
            <>
              <NavLink view={view} to="/profile">
                {text.nav.myProfile}
              </NavLink>
              <PostForm view={view} action="/logout">
                <button class="link" type="submit">
                  {text.nav.logout}
                </button>
              </PostForm>
            </>
          ) : (
            <>
              <NavLink view={view} to="/login">
                {text.nav.login}
              </NavLink>
              {view.mayRegister ? (
                <NavLink view={view} to="/register">
                  {text.nav.register}
                </NavLink>
              ) : null}
            </>
          )}
        </nav>
      </div>
    </header>
  );
}

function AccountNavigation({ view }: { readonly view: View }): VNode {
  const { nav } = view.text;
  return (
    <nav class="tabs" aria-label={view.text.accountNavigation}>
      <NavLink view={view} to="/profile">
        {nav.profile}
      </NavLink>
      <NavLink view={view} to="/sessions">
        {nav.sessions}
      </NavLink>
      <NavLink view={view} to="/activity">
        {nav.activity}
      </NavLink>
      {view.person?.isAdmin ? (
        <NavLink view={view} to="/users">
          {nav.users}
        </NavLink>
      ) : null}
    </nav>
  );
}

interface NavLinkProps {
  readonly view: View;
  readonly to: string;
  readonly children: ComponentChildren;
}

function NavLink({ view, to, children }: NavLinkProps): VNode {
  const isUnder = view.path.startsWith(`${to}/`) ? 'true' : undefined;
  return (
    <a href={to} aria-current={view.path === to ? 'page' : isUnder}>
      {children}
    </a>
  );
}

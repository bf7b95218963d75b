import type { VNode } from 'preact';
import type { ViewContext } from '../context.js';
import { rememberNext, takeNext } from '../services/visitor.js';
import { Field, PostForm, Submit, Username } from './components/form.js';
import { Layout } from './components/layout.js';
import type { PageOptions } from './options.js';
import { seeOther, type Pages } from './pages.js';
import { blankForm, type FormView, type View } from './view.js';

/** Proving with the password that one is still there (ASVS 7.5.1). */
export function confirmPages({ guard, passwords }: PageOptions, pages: Pages) {
  return {
    /** GET /confirm */
    async show(ctx: ViewContext): Promise<void> {
      const login = await pages.requireLogin(ctx);
      if (!login) return;
      const { next } = ctx.query;
      if (next !== undefined) rememberNext(ctx, next);
      if (guard.isFresh(login)) return seeOther(ctx, takeNext(ctx));
      const email = login.user.email ?? '';
      pages.show(ctx, login, (view) => <ConfirmPage view={view} form={blankForm()} email={email} />);
    },

    /** POST /confirm */
    async submit(ctx: ViewContext): Promise<void> {
      const login = await pages.requireLogin(ctx);
      if (!login) return;
      const form = await pages.form(ctx, login, ['password']);
      const password = form.filled('password');
      await form.run(() => passwords.confirm(ctx, login, password));
      if (form.isGood) return seeOther(ctx, takeNext(ctx));
      const email = login.user.email ?? '';
      pages.showRefused(ctx, login, form, (view) => <ConfirmPage view={view} form={form} email={email} />);
    },
  };
}

interface ConfirmPageProps {
  readonly view: View;
  readonly form: FormView;
  readonly email: string;
}

function ConfirmPage({ view, form, email }: ConfirmPageProps): VNode {
  const { confirm } = view.text;
  return (
    <Layout view={view} title={confirm.title} form={form} kind="narrow">
      <div class="card">
        <h1>{confirm.title}</h1>
        <p>{confirm.lead}</p>
        <PostForm view={view} action="/confirm">
          <Username email={email} />
          <Field
            form={form}
            name="password"
            label={confirm.password}
            type="password"
            autocomplete="current-password"
          />
          <Submit>{confirm.submit}</Submit>
        </PostForm>
      </div>
    </Layout>
  );
}

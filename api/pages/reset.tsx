import type { VNode } from 'preact';
import type { ViewContext } from '../context.js';
import { Field, PostForm, Submit } from './components/form.js';
import { Layout } from './components/layout.js';
import type { PageOptions } from './options.js';
import { seeOther, type Pages } from './pages.js';
import { blankForm, type FormView, type View } from './view.js';

/** Setting a new password with the one-time token that an admin handed out. */
export function resetPages({ guard, passwords, passwordMin }: PageOptions, pages: Pages) {
  const page = (form: FormView) => (view: View) => (
    <ResetPage view={view} form={form} passwordMin={passwordMin} />
  );
  return {
    /** GET /reset; `?token=` fills the token in. */
    async show(ctx: ViewContext): Promise<void> {
      const { token } = ctx.query;
      const form = blankForm('', { token: typeof token === 'string' ? token : '' });
      // The address with the token goes nowhere, not even to ourselves with the style sheet (ASVS 14.2.1).
      ctx.set('Referrer-Policy', 'strict-origin');
      pages.show(ctx, await guard.find(ctx), page(form));
    },

    /** POST /reset */
    async submit(ctx: ViewContext): Promise<void> {
      const login = await guard.find(ctx);
      const form = await pages.form(ctx, login, ['token', 'new_password']);
      const [token, password] = [form.filled('token'), form.filled('new_password')];
      await form.run(() => passwords.reset(ctx, token, password));
      if (!form.isGood) return pages.showRefused(ctx, login, form, page(form));
      pages.leave(ctx, 'password_set');
      seeOther(ctx, '/login');
    },
  };
}

interface ResetPageProps {
  readonly view: View;
  readonly form: FormView;
  readonly passwordMin: number;
}

function ResetPage({ view, form, passwordMin }: ResetPageProps): VNode {
  const { reset, register } = view.text;
  const token = form.value('token');
  // One that is there and not known to be wrong need not be seen.
  const isHidden = token !== '' && !form.problems.some(({ field }) => field === 'token');
  return (
    <Layout view={view} title={reset.title} form={form} kind="narrow">
      <div class="card">
        <h1>{reset.title}</h1>
        <p>{reset.lead}</p>
        <PostForm view={view} action="/reset">
          {isHidden ? (
            <input type="hidden" name="token" value={token} />
          ) : (
            <Field form={form} name="token" label={reset.token} hint={reset.tokenHint} autocomplete="off" />
          )}
          <Field
            form={form}
            name="new_password"
            label={reset.password}
            hint={register.passwordHint(passwordMin)}
            type="password"
            autocomplete="new-password"
            minlength={passwordMin}
          />
          <Submit>{reset.submit}</Submit>
        </PostForm>
      </div>
    </Layout>
  );
}

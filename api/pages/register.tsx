import type { VNode } from 'preact';
import type { ViewContext } from '../context.js';
import { Field, PostForm, Submit } from './components/form.js';
import { Layout } from './components/layout.js';
import type { PageOptions } from './options.js';
import { seeOther, type Pages } from './pages.js';
import { blankForm, type FormView, type View } from './view.js';

/** Making an account of one's own; admins make them for others. */
export function registerPages({ guard, accounts, passwordMin }: PageOptions, pages: Pages) {
  const page = (form: FormView) => (view: View) => (
    <RegisterPage view={view} form={form} passwordMin={passwordMin} />
  );
  return {
    /** GET /register */
    async show(ctx: ViewContext): Promise<void> {
      const login = await guard.find(ctx);
      if (login && !login.user.isAdmin) return seeOther(ctx, '/');
      accounts.requireOpenTo(login?.user ?? null);
      pages.show(ctx, login, page(blankForm()));
    },

    /** POST /register */
    async submit(ctx: ViewContext): Promise<void> {
      const login = await guard.find(ctx);
      if (login && !login.user.isAdmin) return seeOther(ctx, '/');
      accounts.requireOpenTo(login?.user ?? null);
      const form = await pages.form(ctx, login, ['email', 'password', 'first_name', 'last_name']);
      const user = {
        email: form.filled('email'),
        password: form.filled('password'),
        first_name: form.value('first_name') || null,
        last_name: form.value('last_name') || null,
      };
      await form.run(() => accounts.register(ctx, user));
      if (!form.isGood) return pages.showRefused(ctx, login, form, page(form));
      pages.leave(ctx, login ? 'user_registered' : 'registered');
      seeOther(ctx, login ? '/users' : '/login');
    },
  };
}

interface RegisterPageProps {
  readonly view: View;
  readonly form: FormView;
  readonly passwordMin: number;
}

function RegisterPage({ view, form, passwordMin }: RegisterPageProps): VNode {
  const { register } = view.text;
  return (
    <Layout view={view} title={register.title} form={form} kind="narrow">
      <div class="card">
        <h1>{register.title}</h1>
        <PostForm view={view} action="/register">
          <Field form={form} name="email" label={register.email} type="email" autocomplete="email" />
          <Field
            form={form}
            name="password"
            label={register.password}
            hint={register.passwordHint(passwordMin)}
            type="password"
            autocomplete="new-password"
            minlength={passwordMin}
          />
          <Field
            form={form}
            name="first_name"
            label={register.firstName}
            autocomplete="given-name"
            isOptional
          />
          <Field
            form={form}
            name="last_name"
            label={register.lastName}
            autocomplete="family-name"
            isOptional
          />
          <Submit>{register.submit}</Submit>
        </PostForm>
      </div>
      {view.person ? null : (
        <p class="aside">
          {register.loginQuestion} <a href="/login">{register.login}</a>
        </p>
      )}
    </Layout>
  );
}

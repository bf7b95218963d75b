import type { VNode } from 'preact';
import type { ViewContext } from '../context.js';
import { ApiError } from '../errors.js';
import { rememberNext, takeNext } from '../services/visitor.js';
import { Checkbox, Field, PostForm, Submit } from './components/form.js';
import { Layout } from './components/layout.js';
import type { PageOptions } from './options.js';
import { seeOther, type Pages } from './pages.js';
import { blankForm, type FormView, type View } from './view.js';

/** Logging in and out. */
export function loginPages({ guard, logins, credentials, cookie }: PageOptions, pages: Pages) {
  return {
    /** GET /login */
    async show(ctx: ViewContext): Promise<void> {
      const { next } = ctx.query;
      if (next !== undefined) rememberNext(ctx, next);
      if (await guard.find(ctx)) return seeOther(ctx, takeNext(ctx));
      pages.show(ctx, null, (view) => <LoginPage view={view} form={blankForm()} />);
    },

    /** POST /login */
    async submit(ctx: ViewContext): Promise<void> {
      const login = await guard.find(ctx);
      const form = await pages.form(ctx, login, ['email', 'password', 'remember']);
      const [email, password] = [form.filled('email'), form.filled('password')];
      let next = '/';
      await form.run(async () => {
        const { user } = await credentials.check(ctx, email, password);
        if (!user) throw loginFailed();
        // Before the login, which renews what is known of the visitor.
        next = takeNext(ctx);
        const keeping = { remember: form.value('remember') !== '', knowDevice: true };
        if (!(await logins.start(ctx, user, keeping))) throw loginFailed();
      });
      if (form.isGood) return seeOther(ctx, next);
      pages.showRefused(ctx, login, form, (view) => <LoginPage view={view} form={form} />);
    },

    /** POST /logout: doing it twice, or too late, does no harm and needs no token. */
    async logout(ctx: ViewContext): Promise<void> {
      const login = await guard.find(ctx);
      if (login) {
        await pages.form(ctx, login, []);
        await logins.end(ctx, login.session);
      } else if (cookie.read(ctx) !== null) cookie.clear(ctx);
      pages.leave(ctx, 'logged_out');
      seeOther(ctx, '/');
    },
  };
}

function loginFailed(): ApiError {
  return new ApiError(401, { code: 'login_failed', text: 'wrong email or password' });
}

function LoginPage({ view, form }: { readonly view: View; readonly form: FormView }): VNode {
  const { login } = view.text;
  return (
    <Layout view={view} title={login.title} form={form} kind="narrow">
      <div class="card">
        <h1>{login.title}</h1>
        <PostForm view={view} action="/login">
          <Field form={form} name="email" label={login.email} type="email" autocomplete="username" />
          <Field
            form={form}
            name="password"
            label={login.password}
            type="password"
            autocomplete="current-password"
          />
          <Checkbox form={form} name="remember" label={login.remember} hint={login.rememberHint} />
          <Submit>{login.submit}</Submit>
        </PostForm>
      </div>
      {view.mayRegister ? (
        <p class="aside">
          {login.registerQuestion} <a href="/register">{login.register}</a>
        </p>
      ) : null}
    </Layout>
  );
}

import type { VNode } from 'preact';
import type { User } from '../../models/user.js';
import type { Login } from '../actions/login_guard.js';
import type { ViewContext } from '../context.js';
import { ApiError } from '../errors.js';
import { Fact, Time } from './components/data.js';
import { Field, PostForm, Submit, Username } from './components/form.js';
import { Layout } from './components/layout.js';
import type { Form } from './form.js';
import type { PageOptions } from './options.js';
import { seeOther, type Pages } from './pages.js';
import { blankForm, type FormView, type NoticeName, type View } from './view.js';

type Deed = (ctx: ViewContext, login: Login, form: Form) => Promise<NoticeName>;

/** Fields of the page's forms; passwords are needed and never shown again. */
const FIELDS = ['first_name', 'last_name', 'current_password', 'new_password', 'password'];

/** One's own names, password and account. */
export function profilePages({ accounts, passwords, passwordMin }: PageOptions, pages: Pages) {
  const deeds = new Map<string, Deed>([
    [
      'names',
      async (_ctx, login, form) => {
        const [first_name, last_name] = [form.value('first_name') || null, form.value('last_name') || null];
        await accounts.rename(login, { first_name, last_name });
        return 'names_saved';
      },
    ],
    [
      'password',
      async (ctx, login, form) => {
        const [current, next] = [form.filled('current_password'), form.filled('new_password')];
        await form.run(() => passwords.change(ctx, login, current, next));
        return 'password_changed';
      },
    ],
    [
      'delete',
      async (ctx, login, form) => {
        const password = form.filled('password');
        await form.run(async () => {
          await passwords.confirm(ctx, login, password);
          await accounts.remove(ctx, login);
        });
        return 'account_deleted';
      },
    ],
  ]);
  const page = (user: User, sent: Form | null) => (view: View) => (
    <ProfilePage view={view} user={user} sent={sent} passwordMin={passwordMin} />
  );
  return {
    /** GET /profile */
    async show(ctx: ViewContext): Promise<void> {
      const login = await pages.requireLogin(ctx);
      if (login) pages.show(ctx, login, page(login.user, null));
    },

    /** POST /profile: `do` says what of it. */
    async submit(ctx: ViewContext): Promise<void> {
      const login = await pages.requireLogin(ctx);
      if (!login) return;
      const form = await pages.form(ctx, login, FIELDS);
      const deed = deeds.get(form.does);
      if (!deed) throw new ApiError(400);
      const notice = await deed(ctx, login, form);
      if (!form.isGood) return pages.showRefused(ctx, login, form, page(login.user, form));
      pages.leave(ctx, notice);
      seeOther(ctx, form.does === 'delete' ? '/' : '/profile');
    },
  };
}

interface ProfilePageProps {
  readonly view: View;
  readonly user: User;
  /** What was sent and refused. */
  readonly sent: Form | null;
  readonly passwordMin: number;
}

function ProfilePage({ view, user, sent, passwordMin }: ProfilePageProps): VNode {
  const { profile } = view.text;
  const formOf = (does: string, values: Readonly<Record<string, string | null>> = {}) =>
    sent?.does === does ? sent : blankForm(does, values);
  const { first_name, last_name } = user;
  const email = user.email ?? '';
  return (
    <Layout view={view} title={profile.title} form={sent} kind="account">
      <h1>{profile.title}</h1>
      <dl class="facts">
        <Fact name={view.text.users.email}>
          <bdi>{email}</bdi>
        </Fact>
        <Fact name={profile.since}>
          <Time view={view} date={user.created_at} />
        </Fact>
      </dl>
      <NamesForm view={view} form={formOf('names', { first_name, last_name })} />
      <PasswordForm view={view} form={formOf('password')} email={email} passwordMin={passwordMin} />
      <DeleteForm view={view} form={formOf('delete')} email={email} />
    </Layout>
  );
}

interface FormProps {
  readonly view: View;
  readonly form: FormView;
}

function NamesForm({ view, form }: FormProps): VNode {
  const { profile } = view.text;
  return (
    <section class="card">
      <h2>{profile.names}</h2>
      <PostForm view={view} action="/profile">
        <div class="pair">
          <Field
            form={form}
            name="first_name"
            label={profile.firstName}
            autocomplete="given-name"
            isOptional
          />
          <Field
            form={form}
            name="last_name"
            label={profile.lastName}
            autocomplete="family-name"
            isOptional
          />
        </div>
        <Submit does="names">{profile.saveNames}</Submit>
      </PostForm>
    </section>
  );
}

interface PasswordFormProps extends FormProps {
  readonly email: string;
  readonly passwordMin: number;
}

function PasswordForm({ view, form, email, passwordMin }: PasswordFormProps): VNode {
  const { profile, register } = view.text;
  return (
    <section class="card">
      <h2>{profile.password}</h2>
      <p>{profile.passwordText}</p>
      <PostForm view={view} action="/profile">
        <Username email={email} />
        <Field
          form={form}
          name="current_password"
          label={profile.currentPassword}
          type="password"
          autocomplete="current-password"
        />
        <Field
          form={form}
          name="new_password"
          label={profile.newPassword}
          hint={register.passwordHint(passwordMin)}
          type="password"
          autocomplete="new-password"
          minlength={passwordMin}
        />
        <Submit does="password">{profile.savePassword}</Submit>
      </PostForm>
    </section>
  );
}

function DeleteForm({ view, form, email }: FormProps & { readonly email: string }): VNode {
  const { profile } = view.text;
  return (
    <section class="card">
      <h2>{profile.remove}</h2>
      <p>{profile.removeText}</p>
      <PostForm view={view} action="/profile">
        <Username email={email} />
        <Field
          form={form}
          name="password"
          label={profile.removePassword}
          type="password"
          autocomplete="current-password"
        />
        <Submit does="delete" kind="danger">
          {profile.removeSubmit}
        </Submit>
      </PostForm>
    </section>
  );
}

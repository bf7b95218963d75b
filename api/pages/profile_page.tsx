import type { VNode } from 'preact';
import type { User } from '../../models/user.js';
import { Fact, Time } from './components/data.js';
import { Field, PostForm, Submit, Username } from './components/form.js';
import { Layout } from './components/layout.js';
import type { Form } from './form.js';
import { blankForm, type FormView, type View } from './view.js';

export interface ProfilePageProps {
  readonly view: View;
  readonly user: User;
  /** What was sent and refused. */
  readonly sent: Form | null;
  readonly passwordMin: number;
}

/** A form each for the names, the password and the end. */
export function ProfilePage({ view, user, sent, passwordMin }: ProfilePageProps): VNode {
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

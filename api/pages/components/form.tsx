import type { ComponentChildren, VNode } from 'preact';
import type { FormView, View } from '../view.js';

export interface PostFormProps {
  readonly view: View;
  readonly action: string;
  readonly children: ComponentChildren;
}

/** The only way to make a form: with its token, and without the browser's own checks, which say less than ours. */
export function PostForm({ view, action, children }: PostFormProps): VNode {
  return (
    <form method="post" action={action} novalidate>
      <input type="hidden" name="_csrf" value={view.token()} />
      {children}
    </form>
  );
}

export interface FieldProps {
  readonly form: FormView;
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly type?: 'text' | 'email' | 'password';
  /** What browsers and password managers may fill in (WCAG 1.3.5). */
  readonly autocomplete: string;
  readonly isOptional?: boolean;
  readonly minlength?: number;
}

/** A field with its label, hint and error, tied together. A password is never sent back. */
export function Field({ form, name, label, hint, type = 'text', isOptional, ...more }: FieldProps): VNode {
  const id = fieldId(form, name);
  const problem = form.problems.find(({ field }) => field === name);
  const notes = [hint === undefined ? '' : `${id}-hint`, problem ? `${id}-error` : ''].filter(Boolean);
  return (
    <div class={problem ? 'field wrong' : 'field'}>
      <label for={id}>{label}</label>
      {hint === undefined ? null : (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {problem ? (
        <p class="error" id={`${id}-error`}>
          {problem.text}
        </p>
      ) : null}
      <input
        {...more}
        id={id}
        name={name}
        value={type === 'password' ? undefined : form.value(name)}
        required={!isOptional}
        aria-invalid={problem ? 'true' : undefined}
        aria-describedby={notes.length > 0 ? notes.join(' ') : undefined}
        {...KINDS[type]}
      />
    </div>
  );
}

// With what keeps phones from changing what is typed.
const KINDS = {
  text: { type: 'text' },
  email: { type: 'email', inputmode: 'email', autocapitalize: 'none', spellcheck: false },
  password: { type: 'password', autocapitalize: 'none', spellcheck: false },
} as const;

export interface CheckboxProps {
  readonly form: FormView;
  readonly name: string;
  readonly label: string;
  readonly hint: string;
}

export function Checkbox({ form, name, label, hint }: CheckboxProps): VNode {
  const id = fieldId(form, name);
  return (
    <div class="field check">
      <input
        id={id}
        name={name}
        type="checkbox"
        checked={form.value(name) !== ''}
        aria-describedby={`${id}-hint`}
      />
      <label for={id}>{label}</label>
      <p class="hint" id={`${id}-hint`}>
        {hint}
      </p>
    </div>
  );
}

/** Whose password is asked for, so that a password manager knows; nobody sees it. */
export function Username({ email }: { readonly email: string }): VNode {
  return <input type="email" name="username" autocomplete="username" value={email} readonly hidden />;
}

export interface SubmitProps {
  /** Says which of a page's forms was sent, or what its button stands for. */
  readonly does?: string;
  readonly kind?: 'primary' | 'secondary' | 'danger';
  readonly children: ComponentChildren;
}

export function Submit({ does, kind = 'primary', children }: SubmitProps): VNode {
  return (
    <button type="submit" class={`button ${kind}`} name={does === undefined ? undefined : 'do'} value={does}>
      {children}
    </button>
  );
}

export function fieldId(form: FormView, name: string): string {
  return form.does === '' ? name : `${form.does}-${name}`;
}

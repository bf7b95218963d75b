import type { VNode } from 'preact';
import type { FormView, View } from '../view.js';
import { fieldId } from './form.js';

/** What happened before this page came. */
export function Notice({ view }: { readonly view: View }): VNode | null {
  if (view.notice === null) return null;
  return (
    <p class="notice" role="status">
      {view.text.notices[view.notice]}
    </p>
  );
}

/** Everything that is wrong with a form, read out at once and with links to the fields (WCAG 3.3.1). */
export function ProblemSummary({ view, form }: { readonly view: View; readonly form: FormView }): VNode {
  return (
    <div class="problems" role="alert" tabindex={-1} autofocus>
      <h2>{view.text.problems.summary(form.problems.length)}</h2>
      <ul>
        {form.problems.map(({ field, text }) => (
          <li>{field === null ? text : <a href={`#${fieldId(form, field)}`}>{text}</a>}</li>
        ))}
      </ul>
    </div>
  );
}

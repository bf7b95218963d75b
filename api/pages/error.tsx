import type { VNode } from 'preact';
import type { ApiError } from '../errors.js';
import { Layout } from './components/layout.js';
import { wordsFor } from './form.js';
import type { View } from './view.js';

export interface ErrorPageProps {
  readonly view: View;
  readonly answer: ApiError;
  /** What the log has of the request. */
  readonly requestId: string;
}

/** An answer that refuses, for people: what it means and where to go on. */
export function ErrorPage({ view, answer: { status, problem }, requestId }: ErrorPageProps): VNode {
  const { text } = view;
  const known: Readonly<Record<number, readonly [string, string]>> = text.errors;
  const [title, advice] = known[status] ?? text.errors[status < 500 ? 400 : 500];
  return (
    <Layout view={view} title={title} kind="narrow">
      <p class="status">{text.errorStatus(status)}</p>
      <h1>{title}</h1>
      <p class="lead">{problem ? wordsFor(problem, text) : advice}</p>
      {status >= 500 ? <p>{text.errorRequest(requestId)}</p> : null}
      <p class="actions">
        <a class="button primary" href="/">
          {text.errorHome}
        </a>
      </p>
    </Layout>
  );
}

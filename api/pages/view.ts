import type { Messages } from './messages/en.js';

/** Who is logged in, as pages show it. */
export interface Person {
  readonly name: string;
  readonly isAdmin: boolean;
}

export type NoticeName = keyof Messages['notices'];

/** What every page is made of besides its own content. */
export interface View {
  /** Every text, in the reader's language. */
  readonly text: Messages;
  readonly serviceName: string;
  /** Where the style sheet is. */
  readonly stylesheet: string;
  /** The path of the page. */
  readonly path: string;
  /** Null while nobody is logged in. */
  readonly person: Person | null;
  /** Whether the reader could make an account. */
  readonly mayRegister: boolean;
  /** What happened before the page came. */
  readonly notice: NoticeName | null;
  /** A token for the forms of this page; asking for one may set a cookie. */
  token(): string;
  /** A time in the reader's language, in UTC: without script nothing tells the reader's zone. */
  time(date: Date): string;
}

/** What is wrong with a field, or with the whole form (null), in the reader's language. */
export interface FieldProblem {
  readonly field: string | null;
  readonly text: string;
}

/** A form as it is shown: empty, or as it was sent. */
export interface FormView {
  /** Which of a page's forms it is; empty where there is only one. */
  readonly does: string;
  readonly problems: readonly FieldProblem[];
  /** What was typed into a field. */
  value(name: string): string;
}

/** A form that was not sent yet. */
export function blankForm(does = '', values: Readonly<Record<string, string | null>> = {}): FormView {
  return { does, problems: [], value: (name) => values[name] ?? '' };
}

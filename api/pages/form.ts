import type { Problem, ProblemCode } from '../errors.js';
import { refusalOf } from '../services/refusal.js';
import type { Messages } from './messages/en.js';
import type { FieldProblem, FormView } from './view.js';

/** The fields that these problems are about: the first that was sent. Others are for a page of their own. */
const FIELDS: Partial<Record<ProblemCode, readonly string[]>> = {
  email_shape: ['email'],
  email_too_long: ['email'],
  email_taken: ['email'],
  password_too_short: ['new_password', 'password'],
  password_too_long: ['new_password', 'password'],
  password_common: ['new_password', 'password'],
  password_has_email: ['new_password', 'password'],
  password_has_service: ['new_password', 'password'],
  password_has_host: ['new_password', 'password'],
  password_wrong: ['current_password', 'password'],
  login_failed: ['password'],
  reset_gone: ['token'],
  last_admin: [],
  too_many_attempts: [],
};

/** A problem in the reader's language. */
export function wordsFor({ code, limit = 0 }: Problem, text: Messages): string {
  const words = text.problems[code];
  return typeof words === 'string' ? words : words(limit);
}

/** A form that was sent: what was typed, and what is wrong with it. */
export class Form implements FormView {
  readonly does: string;
  readonly problems: FieldProblem[] = [];
  readonly #values: ReadonlyMap<string, string>;
  readonly #text: Messages;
  #status = 200;
  #headers: Readonly<Record<string, string>> = {};

  /**
   * @param does which of a page's forms it is, or which button was used.
   * @param values what was typed, by the names of the fields.
   */
  constructor(does: string, values: ReadonlyMap<string, string>, text: Messages) {
    this.does = does;
    this.#values = values;
    this.#text = text;
  }

  /** The answer's status, of the first problem. */
  get status(): number {
    return this.#status;
  }

  /** Headers that the answer needs. */
  get headers(): Readonly<Record<string, string>> {
    return this.#headers;
  }

  get isGood(): boolean {
    return this.problems.length === 0;
  }

  value(name: string): string {
    return this.#values.get(name) ?? '';
  }

  /** What was typed into a field that must not be empty. */
  filled(name: keyof Messages['missing']): string {
    const value = this.value(name);
    if (value === '') this.#add(400, { field: name, text: this.#text.missing[name] });
    return value;
  }

  /** Does what the form asks for, unless something is wrong with it already; a refusal becomes a problem of it. */
  async run(action: () => Promise<unknown>): Promise<void> {
    if (!this.isGood) return;
    try {
      await action();
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** @throws the error when it has nothing to do with what was typed. */
  #refuse(error: unknown): void {
    const { status, problem, headers } = refusalOf(error);
    const names = problem && FIELDS[problem.code];
    if (!names) throw error;
    this.#headers = headers;
    const field = names.find((name) => this.#values.has(name)) ?? null;
    this.#add(status, { field, text: wordsFor(problem, this.#text) });
  }

  #add(status: number, problem: FieldProblem): void {
    if (this.isGood) this.#status = status;
    this.problems.push(problem);
  }
}

import type { VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import type { Accounts } from '../actions/accounts.js';
import type { Login, LoginGuard } from '../actions/login_guard.js';
import { readForm, textField } from '../body.js';
import type { Context, ViewContext } from '../context.js';
import { ApiError } from '../errors.js';
import { csrfBindingOf, presentedBindingOf, type CsrfTokens } from '../services/csrf.js';
import { leaveNotice, takeNotice } from '../services/visitor.js';
import type { Asset } from './assets.js';
import { Form } from './form.js';
import { LanguageChoice } from './language_choice.js';
import type { Languages } from './messages/languages.js';
import type { NoticeName, View } from './view.js';

export interface PagesOptions {
  readonly guard: LoginGuard;
  readonly accounts: Accounts;
  readonly tokens: CsrfTokens;
  readonly serviceName: string;
  readonly languages: Languages;
  readonly stylesheet: Asset;
}

/** What a page's own part does with the rest. */
export type Render = (view: View) => VNode;

/** What all pages share: who is looking, in which language, and what a form must bring. */
export class Pages {
  readonly #options: PagesOptions;
  readonly #languages: LanguageChoice;

  constructor(options: PagesOptions) {
    this.#options = options;
    this.#languages = new LanguageChoice(options.languages);
  }

  /** Answers with a page. */
  show(ctx: Context, login: Login | null, render: Render): void {
    const notice = takeNotice(ctx);
    ctx.type = 'html';
    ctx.body = this.html(ctx, login, render, notice);
  }

  /** Answers with a page whose form was refused. */
  showRefused(ctx: Context, login: Login | null, form: Form, render: Render): void {
    ctx.status = form.status;
    ctx.set(form.headers);
    this.show(ctx, login, render);
  }

  /** A whole page as HTML. */
  html(ctx: Context, login: Login | null, render: Render, notice: string | null = null): string {
    const { text, time } = this.#languages.of(ctx);
    const { accounts, tokens, serviceName, stylesheet } = this.#options;
    let token: string | null = null;
    const view: View = {
      text,
      time,
      serviceName,
      stylesheet: stylesheet.url,
      path: withoutFinalSlash(ctx.path),
      person: login && { name: login.user.displayName(), isAdmin: login.user.isAdmin },
      mayRegister: accounts.isOpenTo(login?.user ?? null),
      notice: notice !== null && Object.hasOwn(text.notices, notice) ? (notice as NoticeName) : null,
      token: () => (token ??= tokens.issue(csrfBindingOf(ctx, login?.session.id ?? null))),
    };
    return `<!doctype html>${renderToString(render(view))}`;
  }

  /** The login; null after sending whoever has none to the login page, from where they come back. */
  async requireLogin(ctx: Context): Promise<Login | null> {
    const login = await this.#options.guard.find(ctx);
    if (!login) {
      if (ctx.method === 'POST') this.leave(ctx, 'login_first');
      seeOther(ctx, pathWithNext('/login', ctx));
    }
    return login;
  }

  /**
   * The login of an admin who has given the password a short while ago; null after sending them to prove it.
   * @throws ApiError 403 for anybody but an admin.
   */
  async requireFreshAdmin(ctx: Context): Promise<Login | null> {
    const login = await this.requireLogin(ctx);
    if (!login) return null;
    if (!login.user.isAdmin) throw new ApiError(403);
    if (this.#options.guard.isFresh(login)) return login;
    if (ctx.method === 'POST') this.leave(ctx, 'confirm_first');
    seeOther(ctx, pathWithNext('/confirm', ctx));
    return null;
  }

  /**
   * The form that was sent.
   * @param names its fields that may be shown again or are needed.
   * @throws ApiError 403 without the right token, whoever asks; 415 for anything but a form.
   */
  async form(ctx: ViewContext, login: Login | null, names: readonly string[]): Promise<Form> {
    const fields = await readForm(ctx);
    const token = Object.hasOwn(fields, '_csrf') ? fields['_csrf'] : null;
    if (!this.#options.tokens.verify(token, presentedBindingOf(ctx, login?.session.id ?? null)))
      throw new ApiError(403, { code: 'form_token', text: 'form token missing or wrong: reload the page' });
    const sent = names.filter((name) => Object.hasOwn(fields, name));
    const values = new Map(sent.map((name) => [name, textField(fields, name) ?? '']));
    return new Form(textField(fields, 'do') ?? '', values, this.#languages.of(ctx).text);
  }

  /** Has the next page say something. */
  leave(ctx: Context, notice: NoticeName): void {
    leaveNotice(ctx, notice);
  }
}

/** Sends the browser to another page, which it then asks for with GET: going back or reloading repeats nothing. */
export function seeOther(ctx: Context, path: string): void {
  ctx.status = 303;
  ctx.redirect(path);
  // Instead of a sentence in English that nobody sees.
  ctx.body = '';
}

function withoutFinalSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

function pathWithNext(path: string, ctx: Context): string {
  const wanted = ctx.method === 'POST' ? ctx.path : `${ctx.path}${ctx.search}`;
  return `${path}?next=${encodeURIComponent(wanted).replaceAll('%2F', '/')}`;
}

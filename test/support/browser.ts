import type { Response } from 'supertest';
import type { User } from '../../models/user.js';
import { Visitor } from './account.js';
import { PASSWORD } from './app.js';
import { formsOf } from './html.js';

/** What browsers ask for when somebody follows a link. */
export const BROWSER = { Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };
const FORM = { ...BROWSER, 'Content-Type': 'application/x-www-form-urlencoded' };

export type Fields = Readonly<Record<string, string>>;

/** Somebody with a browser: opens pages, and sends their forms with what is typed. */
export class Browser extends Visitor {
  /** GET, with the language English unless another is given. */
  open(path: string, headers: Fields = {}): Promise<Response> {
    return this.send('get', path, undefined, { ...BROWSER, ...headers });
  }

  /** Opens a page, fills in its form for `action`, and sends it. */
  async fill(path: string, typed: Fields = {}, action = path): Promise<Response> {
    const { text } = await this.open(path);
    return this.submit(action, { ...this.fieldsFor(text, action, typed['do']), ...typed });
  }

  /** Sends a form as it is given, which nothing is added to. */
  submit(path: string, fields: Fields, headers: Fields = {}): Promise<Response> {
    return this.send('post', path, new URLSearchParams(fields).toString(), { ...FORM, ...headers });
  }

  /** What the page's form for `action` would send, with the button `does`. */
  fieldsFor(html: string, action: string, does?: string): Fields {
    const forms = formsOf(html).filter((form) => form.action === action);
    const form =
      does === undefined
        ? forms[0]
        : forms.find(({ buttons }) => buttons.some(([, value]) => value === does));
    if (!form) throw new Error(`no form for ${action} ${does ?? ''}: ${html}`);
    return Object.fromEntries(form.fields);
  }

  logIn(user: User, more: Fields = {}): Promise<Response> {
    return this.fill('/login', { email: user.email ?? '', password: PASSWORD, ...more });
  }

  logOut(): Promise<Response> {
    return this.fill('/', {}, '/logout');
  }
}

import type { User } from '../../models/user.js';
import type { Login } from '../actions/login_guard.js';
import type { ViewContext } from '../context.js';
import { ApiError } from '../errors.js';
import type { Form } from './form.js';
import type { PageOptions } from './options.js';
import { seeOther, type Pages } from './pages.js';
import { ProfilePage } from './profile_page.js';
import type { NoticeName, View } from './view.js';

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

import type { User } from '../../models/user.js';
import { makeUser, PASSWORD, type TestApp } from './app.js';
import { Browser, type Fields } from './browser.js';

/** A form of a page, filled in so that it would do something. */
export interface FilledForm {
  readonly action: string;
  /** The page that it is on. */
  readonly page: string;
  readonly fields: Fields;
}

/** Every form of every page, by what it does; `id` is another user's, whom an admin may change. */
export const FORMS: readonly (readonly [
  what: string,
  who: 'nobody' | 'somebody' | 'admin',
  form: (the: { readonly user: User; readonly other: User; readonly token: string }) => FilledForm,
])[] = [
  ['register', 'nobody', () => form('/register', { email: 'new@example.org', password: PASSWORD })],
  ['log in', 'nobody', ({ user }) => form('/login', { email: user.email ?? '', password: PASSWORD })],
  ['reset', 'nobody', ({ token }) => form('/reset', { token, new_password: 'another staple battery' })],
  ['log out', 'somebody', () => ({ ...form('/logout', {}), page: '/' })],
  ['change names', 'somebody', () => form('/profile', { do: 'names', first_name: 'Eve' })],
  [
    'change the password',
    'somebody',
    () =>
      form('/profile', {
        do: 'password',
        current_password: PASSWORD,
        new_password: 'another staple battery',
      }),
  ],
  ['delete the account', 'somebody', () => form('/profile', { do: 'delete', password: PASSWORD })],
  ['end other sessions', 'somebody', () => form('/sessions', { do: 'end_others' })],
  [
    'reset while logged in',
    'somebody',
    ({ token }) => form('/reset', { token, new_password: 'xyz xyz xyz xyz' }),
  ],
  ['confirm', 'somebody', () => form('/confirm', { password: PASSWORD })],
  ['add a user', 'admin', () => form('/register', { email: 'added@example.org', password: PASSWORD })],
  ['disable a user', 'admin', ({ other }) => form(`/users/${other.id}`, { do: 'disable' })],
  ['make an admin', 'admin', ({ other }) => form(`/users/${other.id}`, { do: 'make_admin' })],
  ['end the sessions of a user', 'admin', ({ other }) => form(`/users/${other.id}`, { do: 'end_sessions' })],
];

function form(action: string, fields: Fields): FilledForm {
  return { action, page: action, fields };
}

/** A browser with whom the form is for, two others who are logged in, and the form. */
export async function prepare(
  app: TestApp,
  [what, who, make]: (typeof FORMS)[number],
): Promise<FilledForm & { readonly browser: Browser; readonly user: User; readonly other: User }> {
  const user = await makeUser({ role: who === 'admin' ? 'admin' : 'user' });
  const other = await makeUser();
  const token = await other.startReset();
  const browser = new Browser(app);
  await new Browser(app).logIn(user);
  await new Browser(app).logIn(other);
  if (who !== 'nobody') await browser.logIn(user);
  // Nobody is asked again for a password that was just given.
  if (what === 'confirm') app.clock.advance(app.config.freshSeconds + 1);
  return { ...make({ user, other, token }), browser, user, other };
}

import { UserSession } from '../../models/user_session.js';
import { useClock } from '../../models/base.js';
import { makeUser, PASSWORD } from './app.js';
import { clickThrough, type Tab } from './chromium.js';
import { logInAt, sendLogin } from './site.js';

const HOUR = 3_600_000;
const ANN = 'ann@example.org';
const ADMIN = 'admin@example.org';

/** Brings a tab to every page that there is for somebody, and yields a name for each as soon as it has come. */
export type Tour = (tab: Tab, origin: string) => AsyncGenerator<string>;

/** What a site has been in use for, a while ago. */
export interface Past {
  /** Opens a session of the admin whose login was long ago. */
  readonly oldSessionId: string;
}

/** Fills the storage as people do in some days, whom the tours look at. */
export async function seedPast(): Promise<Past> {
  const start = Date.now();
  const at = (hours: number) => useClock(() => start - hours * HOUR);
  at(600);
  const admin = await makeUser({ email: ADMIN, first_name: 'Robin', last_name: 'Moss', role: 'admin' });
  at(412);
  const ann = await makeUser({ email: ANN, first_name: 'Ann', last_name: 'Baker' });
  at(200);
  await makeUser({
    email: 'zoe.van.der.velden-oosterhuis@mathematics.university.example',
    first_name: 'Zoë',
  });
  await makeUser({ email: 'gone@example.org', disabled: true });
  for (let count = 0; count < 24; count += 1) await makeUser();
  at(70);
  await UserSession.open(ann.id, { device: 'Safari on iOS', address: '203.0.113.x', remember: true });
  at(26);
  await UserSession.open(ann.id, { device: 'Chrome on Windows', address: '198.51.100.x' });
  at(2);
  const { sessionId } = await UserSession.open(admin.id, { device: 'Firefox on Linux' });
  useClock(Date.now);
  return { oldSessionId: sessionId };
}

/** What people see who are not logged in, and what they do wrong. */
export async function* visitorTour(tab: Tab, origin: string): AsyncGenerator<string> {
  const { page, context } = tab;
  await page.goto(origin);
  yield 'welcome';

  await page.goto(`${origin}/register`);
  yield 'register';
  await page.getByLabel('Email').fill('no address');
  await page.getByLabel('Password').fill('short');
  await clickThrough(page, 'Create account');
  yield 'register-refused';
  await page.getByLabel('Email').fill('new@example.org');
  await page.getByLabel('Password').fill(PASSWORD);
  await clickThrough(page, 'Create account');
  yield 'login-notice';

  await page.goto(`${origin}/login`);
  yield 'login';
  await clickThrough(page, 'Log in');
  yield 'login-empty';
  for (let count = 0; count < 5; count += 1) await sendLogin(tab, { email: ANN, password: 'wrong' });
  yield 'login-refused';
  await sendLogin(tab, { email: ANN, password: 'wrong' });
  yield 'login-too-often';

  await page.goto(`${origin}/reset?token=gone`);
  yield 'reset';
  await page.getByLabel('Password').fill('another staple battery');
  await clickThrough(page, 'Set password');
  yield 'reset-refused';

  await page.goto(`${origin}/nothing-here`);
  yield 'not-found';
  await page.goto(`${origin}/login`);
  await context.clearCookies();
  await clickThrough(page, 'Log in');
  yield 'form-too-old';
}

/** What people see who are logged in. */
export async function* userTour(tab: Tab, origin: string): AsyncGenerator<string> {
  const { page } = tab;
  await logInAt(tab, origin, { email: ANN, remember: true });
  yield 'start';

  await page.goto(`${origin}/profile`);
  yield 'profile';
  await clickThrough(page, 'Save name');
  yield 'profile-saved';
  await page.getByLabel('Current password').fill('wrong');
  await clickThrough(page, 'Change password');
  yield 'profile-refused';
  await clickThrough(page, 'Delete my account');
  yield 'profile-delete-refused';

  await page.goto(`${origin}/sessions`);
  yield 'devices';
  await clickThrough(page, 'End all other sessions');
  yield 'devices-ended';
  await page.goto(`${origin}/activity`);
  yield 'activity';

  await page.goto(`${origin}/users`);
  yield 'forbidden';
  await page.goto(`${origin}/nothing-here`);
  yield 'not-found-user';
  await page.goto(origin);
  await clickThrough(page, 'Log out');
  yield 'logged-out';
}

/** What admins see besides, the first of it in a session whose password was given long ago. */
export function adminTour({ oldSessionId }: Past): Tour {
  return async function* tour(tab, origin) {
    const { page, context } = tab;
    await context.addCookies([{ name: '_my_session_id', value: oldSessionId, url: origin }]);
    await page.goto(`${origin}/users`);
    yield 'confirm';
    await clickThrough(page, 'Confirm');
    yield 'confirm-refused';
    await page.getByLabel('Password').fill(PASSWORD);
    await clickThrough(page, 'Confirm');
    yield 'users';
    await clickThrough(page, 'Show more');
    yield 'users-last';

    await page.goto(`${origin}/users`);
    await clickThrough(page, ANN);
    yield 'user';
    await clickThrough(page, 'Disable account');
    yield 'user-disabled';
    await page.goto(`${origin}/users`);
    await clickThrough(page, ADMIN);
    await clickThrough(page, 'Make an ordinary user');
    yield 'user-last-admin';
    await page.goto(`${origin}/register`);
    yield 'register-admin';
  };
}
